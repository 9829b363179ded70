// The build of VChart in one file: its modules do not come through the bundler whole.
declare module "@visactor/vchart/build/index.min.js" {
  import type { VChart } from "@visactor/vchart";
  const library: { VChart: typeof VChart; default: typeof VChart };
  export default library;
}
