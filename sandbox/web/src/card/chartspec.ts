import type { Json } from "../base/types";

// The platform's colour themes, as near as they can be told from looking.
const themes: Record<string, string[]> = {
  brand: ["#3370ff", "#7a9eff", "#14c0ff", "#4fd2c2", "#34c724", "#ffc60a", "#ff8800", "#f54a45", "#7f3bf5", "#aab2bf"],
  rainbow: ["#3370ff", "#34c724", "#ffc60a", "#f54a45", "#7f3bf5", "#14c0ff", "#ff8800", "#d136d1", "#4954e6", "#9fdb1d"],
  complementary: ["#3370ff", "#ff8800", "#82a7fc", "#ffba6b", "#c2d4ff", "#fed4a4"],
  converse: ["#ff8800", "#3370ff", "#ffba6b", "#82a7fc", "#fed4a4", "#c2d4ff"],
  primary: ["#245bdb", "#3370ff", "#5e8cff", "#82a7fc", "#a9c3ff", "#c2d4ff"],
};

// chartSpec is the card's spec with the colours of the theme, unless the spec has colours of its own.
export function chartSpec(spec: Json, theme: unknown): Json {
  const colours = themes[String(theme ?? "brand")] ?? themes.brand;
  return { background: "transparent", color: colours, ...spec };
}

// chartHeight is the height of a chart of a width: the card's own, or by the ratio, which is 16:9 on a desktop and 1:1
// on a phone unless the card says otherwise.
export function chartHeight(element: Json, width: number): number {
  if (/^\d+px$/.test(element.height ?? "")) {
    return Number.parseInt(element.height, 10);
  }
  const [across = 16, down = 9] = String(element.aspect_ratio ?? (width < 360 ? "1:1" : "16:9")).split(":").map(Number);
  return Math.round((width * down) / across);
}
