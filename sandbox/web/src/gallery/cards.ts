import type { Json } from "../base/types";
import { charts } from "./charts";

const text = (zh: string, en: string, more: Json = {}): Json => ({ tag: "plain_text", content: zh, i18n_content: { zh_cn: zh, en_us: en }, ...more });

const callback = (value: Json) => [{ type: "callback", value }];

const card = (template: string, zh: string, en: string, elements: Json[], config: Json = {}): Json => ({
  schema: "2.0",
  config: { update_multi: true, ...config },
  header: {
    title: text(zh, en),
    subtitle: text("2026-11-16 周一 – 2026-11-22 周日 · 公司/研发部", "Mon 2026-11-16 – Sun 2026-11-22 · company/R&D"),
    template,
    text_tag_list: [{ tag: "text_tag", text: text("网页", "Web"), color: template === "default" ? "neutral" : template }],
  },
  body: { elements },
});

// cards are the gallery's: every component that the page draws.
export function cards(): Json[] {
  return [texts(), columns(), buttons(), controls(), form(), table(), panels(), ...charts().map(chartCard), ...headers()];
}

const chartCard = ({ zh, en, spec, theme }: Json): Json =>
  card("blue", zh, en, [{ tag: "chart", chart_spec: spec, aspect_ratio: "16:9", color_theme: theme ?? "brand" }]);

function texts(): Json {
  return card("blue", "文字", "Texts", [
    ...["heading-0", "heading-4", "normal", "notation"].map((size) => ({
      tag: "div",
      text: text(`${size} 字号 1,234`, `${size} size 1,234`, { text_size: size, text_color: size === "notation" ? "grey" : "default" }),
    })),
    { tag: "div", icon: { tag: "standard_icon", token: "bell_outlined", color: "orange" }, text: { tag: "lark_md", content: "lark_md **bold** <font color='red'>red</font> <at id=all></at>" } },
    { tag: "hr" },
    {
      tag: "markdown",
      content:
        "**Bold**, *italic*, ~~struck~~, `code`, [link](https://open.feishu.cn), <font color='green'>▲ 12%</font> <text_tag color='blue'>tag</text_tag>\n- one\n- two\n  1. nested\n\n| Metric | Value |\n| :-- | --: |\n| Active users | 1,234 |\n| New users | 56 |\n\n> quoted\n\n<script>alert(1)</script>",
    },
    { tag: "img", img_key: "img_v3_sample", alt: text("示意图", "A picture") },
    { tag: "person", user_id: "ou_sample", show_name: true, size: "small", style: "capsule" },
    { tag: "person_list", persons: [{ id: "ou_sample" }, { id: "ou_other" }], show_avatar: true, size: "extra_small" },
    { tag: "select_person", placeholder: text("选一个人", "Choose somebody"), behaviors: [{ type: "callback", value: { cmd: "person" } }] },
  ]);
}

function metric(zh: string, en: string, value: string, change: string): Json {
  return {
    tag: "column",
    width: "weighted",
    weight: 1,
    vertical_spacing: "4px",
    background_style: "grey",
    padding: "8px 12px",
    elements: [
      { tag: "div", text: text(zh, en, { text_size: "notation", text_color: "grey" }) },
      { tag: "div", text: text(value, value, { text_size: "heading-4" }) },
      { tag: "div", text: text(change, change, { text_size: "notation", text_color: "green" }) },
    ],
  };
}

function columns(): Json {
  const all = [
    metric("活跃用户", "Active users", "1,234", "▲ +6.7%"),
    metric("新增用户", "New users", "56", "▲ +3"),
    metric("页面访问", "Page views", "20,000", "▲ +11.1%"),
  ];
  return card("turquoise", "多列", "Columns", [
    ...["none", "flow", "bisect", "trisect", "stretch"].flatMap((mode) => [
      { tag: "div", text: text(mode, mode, { text_size: "notation", text_color: "grey" }) },
      { tag: "column_set", flex_mode: mode, columns: all },
    ]),
  ]);
}

function buttons(): Json {
  const types = ["default", "primary", "danger", "text", "primary_text", "danger_text", "primary_filled", "danger_filled", "laser"];
  return card("violet", "按钮", "Buttons", [
    {
      tag: "column_set",
      flex_mode: "flow",
      columns: types.map((type) => ({
        tag: "column",
        width: "auto",
        elements: [{ tag: "button", type, text: text(type, type), behaviors: callback({ type }) }],
      })),
    },
    ...["tiny", "small", "medium", "large"].map((size) => ({ tag: "button", size, text: text(size, size), behaviors: callback({ size }) })),
    { tag: "button", width: "fill", type: "primary", text: text("整行", "Fill"), icon: { tag: "standard_icon", token: "chart_outlined" }, behaviors: callback({ fill: true }) },
    { tag: "button", disabled: true, disabled_tips: text("现在不行", "Not now"), text: text("停用", "Disabled"), behaviors: callback({}) },
    {
      tag: "button",
      name: "confirmed",
      type: "danger",
      text: text("删除（需确认）", "Remove (asks first)"),
      confirm: { title: text("删除订阅？", "Remove the subscription?"), text: text("此操作不可撤销。", "This cannot be undone.") },
      behaviors: callback({ remove: 1 }),
    },
    { tag: "button", type: "text", text: text("打开链接", "Open a link"), behaviors: [{ type: "open_url", default_url: "https://open.feishu.cn" }] },
  ]);
}

const options = ["mp", "h5", "bot"].map((value, i) => ({ value, text: text(["小程序", "网页", "机器人"][i] ?? "", ["Mini program", "Web", "Bot"][i] ?? "") }));

function controls(): Json {
  return card("green", "选择", "Controls", [
    { tag: "select_static", name: "ability", options, initial_option: "h5", behaviors: callback({ select: 1 }) },
    { tag: "select_static", name: "plain", type: "text", options, placeholder: text("选择能力", "Choose an ability"), behaviors: callback({ select: 2 }) },
    { tag: "multi_select_static", name: "abilities", options, selected_values: ["mp", "bot"], width: "fill", behaviors: callback({ multi: 1 }) },
    { tag: "date_picker", name: "date", initial_date: "2025-06-10", behaviors: callback({ date: 1 }) },
    { tag: "picker_time", name: "time", initial_time: "10:30", behaviors: callback({ time: 1 }) },
    { tag: "input", name: "word", label: text("部门", "Department"), placeholder: text("输入名称", "Type a name"), behaviors: callback({ input: 1 }) },
    { tag: "overflow", options, behaviors: callback({ overflow: 1 }) },
    { tag: "checker", name: "done", checked: false, text: text("含子部门", "With departments below"), checked_style: { show_strikethrough: true, opacity: 0.6 }, behaviors: callback({ checker: 1 }) },
  ]);
}

function form(): Json {
  return card("orange", "订阅表单", "A form", [
    {
      tag: "form",
      name: "subscribe",
      elements: [
        { tag: "input", name: "title", required: true, label: text("标题", "Title"), placeholder: text("必填", "Required"), width: "fill" },
        { tag: "select_static", name: "cycle", required: true, options, initial_option: "h5", width: "fill" },
        { tag: "multi_select_static", name: "days", options, width: "fill" },
        { tag: "date_picker", name: "from", initial_date: "2025-06-10" },
        { tag: "picker_time", name: "at", initial_time: "10:30" },
        { tag: "checker", name: "quiet", text: text("无变化时不发", "Skip when nothing changed") },
        {
          tag: "column_set",
          flex_mode: "flow",
          columns: [
            { tag: "column", width: "auto", elements: [{ tag: "button", name: "submit", type: "primary_filled", form_action_type: "submit", text: text("提交", "Submit"), behaviors: callback({ form: 1 }) }] },
            { tag: "column", width: "auto", elements: [{ tag: "button", name: "reset", form_action_type: "reset", text: text("重置", "Reset") }] },
          ],
        },
      ],
    },
  ]);
}

function table(): Json {
  const names = ["研发部", "产品部", "市场部", "销售部", "重庆分公司", "客服部", "增长 团队", "人力资源部", "财务部", "法务部", "行政部", "一个名字特别长而放不下的部门名称"];
  return card("indigo", "表格", "A table", [
    {
      tag: "table",
      page_size: 5,
      row_height: "low",
      freeze_first_column: true,
      header_style: { background_style: "grey", bold: true, lines: 1 },
      columns: [
        { name: "dept", display_name: "部门", data_type: "text", width: "120px" },
        { name: "uv", display_name: "活跃用户", data_type: "number", horizontal_align: "right", format: { precision: 0, separator: true } },
        { name: "state", display_name: "状态", data_type: "options" },
        { name: "change", display_name: "变化", data_type: "lark_md", horizontal_align: "right" },
        { name: "day", display_name: "日期", data_type: "date", date_format: "YYYY/MM/DD" },
      ],
      rows: names.map((dept, i) => ({
        dept,
        uv: 12345 - i * 987,
        state: [{ text: i % 2 ? "停用" : "正常", color: i % 2 ? "grey" : "green" }],
        change: i % 3 ? "<font color='green'>▲ 5%</font>" : "<font color='red'>▼ 3%</font>",
        day: 1763913600000 + i * 86400000,
      })),
    },
  ]);
}

function panels(): Json {
  return card("grey", "面板", "Panels", [
    {
      tag: "collapsible_panel",
      expanded: false,
      header: { title: text("这些指标是什么意思", "What these metrics mean"), icon: { tag: "standard_icon", token: "down-small-ccm_outlined", size: "16px 16px" }, icon_position: "right", icon_expanded_angle: -180 },
      elements: [{ tag: "div", text: text("活跃用户：一段时间内使用过的人，每人计一次。", "Active users: people who used it, each counted once.") }],
    },
    {
      tag: "collapsible_panel",
      expanded: true,
      border: { color: "grey", corner_radius: "6px" },
      header: { title: { tag: "markdown", content: "**Open** from the start" }, background_color: "grey", padding: "4px 8px" },
      padding: "8px",
      elements: [{ tag: "markdown", content: "Inside" }],
    },
    {
      tag: "interactive_container",
      has_border: true,
      corner_radius: "8px",
      padding: "8px 12px",
      behaviors: callback({ container: 1 }),
      elements: [{ tag: "div", text: text("点我：研发部 1,234", "Click me: R&D 1,234") }],
    },
  ]);
}

function headers(): Json[] {
  const templates = ["wathet", "yellow", "red", "carmine", "purple", "default"];
  return templates.map((t) => card(t, `标题 ${t}`, `Header ${t}`, [{ tag: "hr" }], { width_mode: "compact" }));
}
