import { describe, expect, it } from "vitest";

import { cards } from "../gallery/cards";
import { body, draw } from "./testing";

const callback = (value: object) => [{ type: "callback", value }];

const plain = (content: string, en?: string) => ({ tag: "plain_text", content, i18n_content: en ? { en_us: en } : undefined });

describe("a card", () => {
  it("speaks the reader's language", () => {
    const card = body([{ tag: "div", text: plain("用量", "Usage") }], { header: { title: plain("标题", "Title"), template: "red" } });
    expect(draw(card).box.textContent).toContain("TitleUsage");
    expect(draw(card, { lang: "zh" }).box.textContent).toContain("标题用量");
    expect(draw(card).find(".card-header--red")).toBeTruthy();
  });

  it("shows text as text", () => {
    const { box } = draw(body([{ tag: "div", text: plain("<b>x</b> **y**") }]));
    expect(box.textContent).toContain("<b>x</b> **y**");
  });

  it("names a component that it does not draw", () => {
    expect(draw(body([{ tag: "select_img" }])).box.textContent).toContain("select_img");
  });

  it("keeps an open panel open and shows what is new in it", async () => {
    const panel = (text: string) => [{ tag: "collapsible_panel", header: { title: plain("more") }, elements: [{ tag: "div", text: plain(text) }] }];
    const d = draw(body(panel("before")));
    expect(d.box.textContent).not.toContain("before");
    await d.click("[data-testid=panel-toggle]");
    d.redraw(panel("after"), "2");
    expect(d.box.textContent).toContain("after");
  });

  it("turns the pages of a table", async () => {
    const rows = [1, 2, 3].map((n) => ({ n: n * 1000 }));
    const column = { name: "n", display_name: "N", data_type: "number", format: { separator: true, precision: 1, symbol: "¥" } };
    const d = draw(body([{ tag: "table", page_size: 2, columns: [column], rows }]));
    expect(d.find("tbody").textContent).toBe("¥1,000.0¥2,000.0");
    await d.click("[data-testid=page-after]");
    expect(d.find("tbody").textContent).toBe("¥3,000.0");
    expect(d.find("[data-testid=page]").textContent).toBe("2 / 2");
  });

  it("shows people by name, and leaves out who is unknown where the card lets it", () => {
    const persons = [{ id: "ou_lin" }, { id: "ou_gone" }];
    const list = (more: object) => draw(body([{ tag: "person_list", persons, show_avatar: true, ...more }])).find("[data-tag=person_list]").textContent;
    expect(list({ drop_invalid_user_id: true })).toBe("LLin");
    expect(list({})).toContain("ou_gone");
  });

  it("draws the whole gallery", () => {
    for (const card of cards()) {
      expect(draw(card).find("[data-testid=card]")).toBeTruthy();
    }
  });
});

describe("a control", () => {
  it("sends a button's value", async () => {
    const d = draw(body([{ tag: "button", name: "b", text: plain("go"), behaviors: callback({ c: "usage" }) }]));
    await d.click("[data-tag=button]");
    expect(d.actions).toEqual([{ tag: "button", name: "b", value: { c: "usage" }, timezone: "Asia/Shanghai" }]);
  });

  it("lets a person be chosen of those whom the card names, or else of the chat", async () => {
    const asks = { tag: "select_person", placeholder: plain("who"), behaviors: callback({ cmd: "/x", with: "person" }) };
    for (const [options, names] of [[[{ value: "ou_gone" }, { value: "ou_chen" }], ["Chen"]], [[{ value: "ou_gone" }], ["Lin", "Chen"]], [undefined, ["Lin", "Chen"]]] as const) {
      const d = draw(body([{ ...asks, options }]));
      await d.click("[data-tag=select_person]");
      expect([...document.querySelectorAll("[role=option] > span:nth-child(2)")].map((o) => o.textContent)).toEqual(names);
      await d.click("[role=option][data-value=ou_chen]");
      expect(d.actions).toEqual([{ tag: "select_person", value: { cmd: "/x", with: "person" }, timezone: "Asia/Shanghai", option: "ou_chen" }]);
    }
  });

  it("asks first where the card wants it", async () => {
    const button = { tag: "button", text: plain("x"), confirm: { title: plain("sure?"), text: plain("really") }, behaviors: callback({}) };
    const no = draw(body([button]), { yes: false });
    await no.click("[data-tag=button]");
    expect(no.actions).toEqual([]);
    const yes = draw(body([button]));
    await yes.click("[data-tag=button]");
    expect(yes.actions).toHaveLength(1);
  });

  it("does nothing when it is disabled", async () => {
    const d = draw(body([{ tag: "button", disabled: true, text: plain("x"), behaviors: callback({}) }]));
    await d.click("[data-tag=button]");
    expect(d.actions).toEqual([]);
  });

  it("sends what is selected", async () => {
    const options = ["a", "b"].map((value) => ({ value, text: plain(value) }));
    const d = draw(body([{ tag: "select_static", options, initial_option: "a", behaviors: callback({ s: 1 }) }]));
    await d.click("[data-tag=select_static]");
    await d.click("[role=option][data-value=b]");
    expect(d.actions[0]).toMatchObject({ tag: "select_static", option: "b", value: { s: 1 } });
    d.redraw([{ tag: "select_static", options, initial_option: "a", behaviors: callback({ s: 1 }) }], "2");
    expect(d.find("[data-tag=select_static]").dataset.value).toBe("a");
  });

  it("sends several that are selected when the list is closed", async () => {
    const options = ["a", "b", "c"].map((value) => ({ value, text: plain(value) }));
    const d = draw(body([{ tag: "multi_select_static", options, selected_values: ["c"], behaviors: callback({}) }]));
    await d.click("[data-tag=multi_select_static]");
    await d.click("[role=option][data-value=a]");
    expect(d.actions).toEqual([]);
    await d.click("[data-tag=multi_select_static]");
    expect(d.actions[0]).toMatchObject({ options: ["a", "c"] });
  });

  it("sends a date and a time with their zone", async () => {
    const d = draw(body([
      { tag: "date_picker", initial_date: "2025-06-10", behaviors: callback({}) },
      { tag: "picker_time", initial_time: "10:30", behaviors: callback({}) },
    ]));
    await d.click("[data-tag=date_picker]");
    await d.click("[data-testid=month-after]");
    await d.click("[data-date='2025-07-01']");
    await d.click("[data-tag=picker_time]");
    await d.click("[data-hour='09']");
    await d.click("[data-minute='05']");
    await d.click("[data-testid=time-ok]");
    expect(d.actions.map((a) => a.option)).toEqual(["2025-07-01 +0800", "09:05 +0800"]);
  });

  it.each([
    ["the person does not confirm", { yes: false }, 0],
    ["the bot refuses", { taken: false }, 4],
  ])("takes back a choice that %s", async (_, answers, asked) => {
    const options = ["a", "b"].map((value) => ({ value, text: plain(value) }));
    const asks = { confirm: { title: plain("sure?"), text: plain("really") }, behaviors: callback({}) };
    const d = draw(body([
      { tag: "select_static", options, initial_option: "a", ...asks },
      { tag: "multi_select_static", options, selected_values: ["a"], ...asks },
      { tag: "date_picker", initial_date: "2025-06-10", ...asks },
      { tag: "picker_time", initial_time: "10:30", ...asks },
    ]), answers);
    const choices = {
      select_static: ["[role=option][data-value=b]"],
      multi_select_static: ["[role=option][data-value=b]", "[data-tag=multi_select_static]"],
      date_picker: ["[data-date='2025-06-12']"],
      picker_time: ["[data-hour='09']", "[data-testid=time-ok]"],
    };
    for (const [tag, clicks] of Object.entries(choices)) {
      for (const selector of [`[data-tag=${tag}]`, ...clicks]) {
        await d.click(selector);
      }
    }
    expect(d.actions).toHaveLength(asked);
    const stand = () => Object.keys(choices).map((tag) => d.find(`[data-tag=${tag}]`).dataset.value);
    await expect.poll(stand).toEqual(["a", "a", "2025-06-10", "10:30"]);
  });

  it("sends a choice behind the dots, and a tick", async () => {
    const d = draw(body([
      { tag: "overflow", options: [{ value: "x", text: plain("X") }], behaviors: callback({ o: 1 }) },
      { tag: "checker", text: plain("t"), behaviors: callback({ t: 1 }) },
    ]));
    await d.click("[data-tag=overflow]");
    await d.click("[role=menuitem]");
    await d.click("[data-tag=checker]");
    expect(d.actions[0]).toMatchObject({ tag: "overflow", option: "x", value: { o: 1 } });
    expect(d.actions[1]).toMatchObject({ tag: "checker", checked: true, value: { t: 1 } });
  });
});

describe("a form", () => {
  const elements = [
    { tag: "input", name: "title", required: true },
    { tag: "select_static", name: "cycle", options: [{ value: "2", text: plain("weekly") }], initial_option: "2", behaviors: callback({}) },
    { tag: "date_picker", name: "from", initial_date: "2025-06-10" },
    { tag: "picker_time", name: "at", initial_time: "10:30" },
    { tag: "multi_select_static", name: "days", options: [], selected_values: ["1"] },
    { tag: "checker", name: "quiet" },
    { tag: "button", name: "send", form_action_type: "submit", text: plain("send"), behaviors: callback({ f: 1 }) },
    { tag: "button", name: "back", form_action_type: "reset", text: plain("reset") },
  ];

  it("is not sent while something is missing", async () => {
    const d = draw(body([{ tag: "form", name: "f", elements }]));
    await d.click("[data-action=submit]");
    expect(d.actions).toEqual([]);
    expect(d.toasts).toHaveLength(1);
    expect(d.find("[data-name=title]").dataset.missing).toBe("true");
  });

  it("sends everything by name at once", async () => {
    const d = draw(body([{ tag: "form", name: "f", elements }]));
    d.type("[data-name=title]", "Weekly");
    await d.click("[data-action=submit]");
    expect(d.actions).toEqual([{
      tag: "button",
      name: "send",
      value: { f: 1 },
      timezone: "Asia/Shanghai",
      form_value: { title: "Weekly", cycle: "2", from: "2025-06-10 +0800", at: "10:30 +0800", days: ["1"], quiet: false },
    }]);
  });

  it("goes back to how it began, and keeps what is typed through an update", async () => {
    const d = draw(body([{ tag: "form", name: "f", elements }]));
    d.type("[data-name=title]", "Weekly");
    d.redraw([{ tag: "form", name: "f", elements }], "2");
    expect((d.find("[data-name=title]") as HTMLInputElement).value).toBe("Weekly");
    await d.click("[data-action=reset]");
    expect((d.find("[data-name=title]") as HTMLInputElement).value).toBe("");
  });
});
