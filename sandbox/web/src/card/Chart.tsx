import { useEffect, useRef, useState } from "preact/hooks";

import { usePage } from "../base/context";
import type { Json } from "../base/types";
import { chartHeight, chartSpec } from "./chartspec";
import { place } from "./style";

type Drawn = { release: () => void };

// draw loads VChart with the first chart and draws the spec. data-ready tells tests that there is something to see.
async function draw(box: HTMLElement, element: Json, theme: string): Promise<Drawn> {
  const library = (await import("@visactor/vchart/build/index.min.js")).default;
  const VChart = library.VChart ?? library.default;
  const spec = structuredClone(chartSpec(element.chart_spec ?? {}, element.color_theme));
  const chart = new VChart(spec as ConstructorParameters<typeof VChart>[0], { dom: box, theme, mode: "desktop-browser" });
  await chart.renderAsync();
  return chart;
}

export function Chart({ element }: { element: Json }) {
  const { theme, words } = usePage();
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [state, setState] = useState<"loading" | "ready" | "failed">("loading");
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    if (box.current) {
      observer.observe(box.current);
    }
    return () => observer.disconnect();
  }, []);
  const height = chartHeight(element, width);
  const said = JSON.stringify([element.chart_spec, element.color_theme]);
  useEffect(() => {
    if (!box.current || width === 0) {
      return;
    }
    const inner = document.createElement("div");
    inner.className = "chart-canvas";
    box.current.replaceChildren(inner);
    setState("loading");
    let gone = false;
    let drawn: Drawn | undefined;
    draw(inner, element, theme).then(
      (chart) => {
        drawn = chart;
        gone ? chart.release() : setState("ready");
      },
      () => gone || setState("failed"),
    );
    return () => {
      gone = true;
      drawn?.release();
    };
  }, [said, theme, width, height]);
  return (
    <div class="chart" data-tag="chart" data-ready={state === "ready"} data-element-id={element.element_id} style={place(element)}>
      <div ref={box} class="chart-box" style={{ height: `${height}px` }} />
      {state === "failed" && <div class="unknown">{words.noChart}</div>}
    </div>
  );
}
