import type { Json } from "../base/types";

const days = ["11-16", "11-17", "11-18", "11-19", "11-20", "11-21", "11-22"];

const series = (name: string, values: (number | null)[]) => values.map((y, i) => ({ x: days[i], y, name }));

// charts are specs of the kinds that a card of figures may hold, in properties that the oldest client knows.
export function charts(): Json[] {
  return [
    {
      zh: "折线图",
      en: "Line chart",
      spec: {
        type: "line",
        animation: false,
        data: [{ id: "d", values: [...series("Web", [640, 655, null, 700, 690, 120, 98]), ...series("Bot", [200, 210, 230, 220, 250, 60, 40])] }],
        xField: "x",
        yField: "y",
        seriesField: "name",
        invalidType: "break",
        legends: { visible: true, orient: "bottom" },
        axes: [{ orient: "left", min: 0 }, { orient: "bottom" }],
      },
    },
    {
      zh: "柱状图",
      en: "Bar chart",
      spec: {
        type: "bar",
        animation: false,
        data: [{ id: "d", values: series("Web", [640, 655, 610, 700, 690, 120, 98]) }],
        xField: "x",
        yField: "y",
        label: { visible: true },
        axes: [{ orient: "left", min: 0 }, { orient: "bottom" }],
      },
    },
    {
      zh: "条形图",
      en: "Horizontal bars",
      spec: {
        type: "bar",
        direction: "horizontal",
        animation: false,
        data: [{ id: "d", values: ["研发部", "产品部", "市场部", "销售部"].map((x, i) => ({ x, y: 900 - i * 180 })) }],
        xField: "y",
        yField: "x",
        label: { visible: true },
      },
    },
    {
      zh: "环形图",
      en: "Ring",
      theme: "rainbow",
      spec: {
        type: "pie",
        animation: false,
        outerRadius: 0.8,
        innerRadius: 0.5,
        data: [{ id: "d", values: ["Mini program", "Web", "Bot"].map((name, i) => ({ name, value: 300 + i * 120 })) }],
        valueField: "value",
        categoryField: "name",
        legends: { visible: true, orient: "right" },
      },
    },
    {
      zh: "组合图",
      en: "Combination",
      spec: {
        type: "common",
        animation: false,
        data: [
          { id: "bars", values: series("Page views", [2000, 2100, 1900, 2300, 2200, 400, 350]) },
          { id: "line", values: series("Active users", [640, 655, 610, 700, 690, 120, 98]) },
        ],
        series: [
          { type: "bar", dataIndex: 0, xField: "x", yField: "y", seriesField: "name" },
          { type: "line", dataIndex: 1, xField: "x", yField: "y", seriesField: "name" },
        ],
        axes: [
          { orient: "left", seriesIndex: [0], min: 0 },
          { orient: "right", seriesIndex: [1], min: 0, grid: { visible: false } },
          { orient: "bottom" },
        ],
        legends: { visible: true, orient: "bottom" },
      },
    },
  ];
}
