import { defineConfig } from "vitest/config";

// The page is served by the sandbox, under a policy that lets nothing in from elsewhere and no script stand in the page.
export default defineConfig({
  base: "./",
  build: {
    outDir: "dist",
    // dist holds a placeholder that is committed, so that Go finds something to embed. `make web` clears the rest.
    emptyOutDir: false,
    modulePreload: { polyfill: false },
    target: "es2022",
    // VChart is one file of 2 MB, loaded when the first chart is drawn.
    chunkSizeWarningLimit: 2200,
    // How long the bundler's plugins take is no warning.
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
  // For work on the page: `npm run dev` beside a running demo.
  server: { proxy: { "/sandbox": "http://127.0.0.1:8090" } },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"] },
});
