import { describe, expect, it } from "vitest";

import { lines, newestOf, preview, refusals, textOfMessage } from "../chat/history";
import { chartHeight, chartSpec } from "../card/chartspec";
import { monthOf, shift, weeks } from "../card/calendar";
import { lastMinute, matching } from "../panel/recent";
import { dateOf, formatDate, fromField, nextFirst, nextMonday, timeOf, weekdayOf } from "./time";
import type { Call, Frame, Message } from "./types";
import { emptyView, merge } from "./view";
import { wordsOf } from "./words";

const at = (s: string) => Date.parse(`${s}+08:00`);

const message = (id: string, more: Partial<Message> = {}): Message => ({
  message_id: id, chat_id: "oc_a", msg_type: "text", content: `{"text":"@_user_1 hi"}`, sender_id: "ou_lin", by_bot: false,
  created_at: "2026-11-25T10:00:00+08:00", updated_at: "2026-11-25T10:00:00+08:00", ...more,
});

const call = (place: number, more: Partial<Call> = {}): Call => ({
  place, at: "2026-11-25T10:00:00+08:00", endpoint: "overview", method: "POST", path: "/x", status: 200, code: 0, log_id: `log${place}`, ...more,
});

describe("time", () => {
  it.each([
    ["2026-11-25T21:00:00", "2026-11-30 10:30:00"],
    ["2026-11-30T10:29:59", "2026-11-30 10:30:00"],
    ["2026-11-30T10:30:00", "2026-12-07 10:30:00"],
    ["2026-11-29T23:59:59", "2026-11-30 10:30:00"],
  ])("finds the Monday after %s", (now, want) => {
    const monday = nextMonday(at(now));
    expect(`${dateOf(monday)} ${timeOf(monday)}`).toBe(want);
  });

  it("finds the first of the next month", () => {
    expect(formatDate(nextFirst(at("2026-12-31T23:00:00")), "YYYY/MM/DD HH:mm")).toBe("2027/01/01 10:30");
  });

  it("reads China's clock whatever the machine's is", () => {
    expect(fromField("2026-11-30T10:30")).toBe(at("2026-11-30T10:30:00"));
    expect(weekdayOf(at("2026-11-30T00:30:00"), "en")).toBe("Mon");
    expect(weekdayOf(at("2026-11-29T23:30:00"), "zh")).toBe("周日");
  });
});

describe("the calendar", () => {
  it("shows whole weeks", () => {
    const days = weeks({ year: 2026, month: 11 });
    expect([days[0], days[6], days[41]]).toEqual(["2026-10-26", "2026-11-01", "2026-12-06"]);
  });

  it("turns over the year", () => {
    expect(shift(monthOf("2026-12-05"), 1)).toEqual({ year: 2027, month: 1 });
    expect(shift(monthOf("2026-01-05"), -1)).toEqual({ year: 2025, month: 12 });
  });
});

describe("the view", () => {
  const first: Frame = { now: "2026-11-25T10:00:00+08:00", messages: [message("m1"), message("m2")], calls: [call(0), call(1, { status: 0 })] };

  it("takes changes in", () => {
    const before = merge(emptyView, first, at("2026-11-25T09:00:00"));
    expect(before.ahead).toBe(3600_000);
    const after = merge(before, { now: first.now, messages: [message("m1", { content: "new" })], calls: [call(1)] }, 0);
    expect(after.messages.map((m) => m.message_id)).toEqual(["m1", "m2"]);
    expect(after.messages[0]?.content).toBe("new");
    expect(after.messages[1]).toBe(before.messages[1]);
    expect(after.calls.map((c) => c.status)).toEqual([200, 200]);
    expect(merge(after, { now: first.now }, 0).messages).toBe(after.messages);
  });
});

describe("a conversation", () => {
  const says = "Failed to create card content, ext=ErrCode: 200861; ErrPath: ROOT -> body; ErrMsg: unknown property x; ";

  it("tells of what was refused, at its time", () => {
    const notices = refusals([
      call(2, { endpoint: "message.reply", code: 230099, status: 400, chat_id: "oc_a", says, at: "2026-11-25T10:01:00+08:00" }),
      call(3, { endpoint: "message.get", code: 230002, chat_id: "oc_a" }),
    ], wordsOf("en"));
    expect(notices.map((n) => n.text)).toEqual(["The platform refused a card: 200861 unknown property x; ROOT -> body"]);
    const shown = lines("oc_a", [message("m1"), message("m2", { created_at: "2026-11-25T10:02:00+08:00" }), message("m3", { chat_id: "oc_b" })], notices);
    expect(shown.map((l) => l.message?.message_id ?? "notice")).toEqual(["m1", "notice", "m2"]);
  });

  it("names the bot that is mentioned, and reads posts", () => {
    expect(textOfMessage(message("m"), "Bot")).toBe("@Bot hi");
    const post = { zh_cn: { title: "T", content: [[{ tag: "text", text: "a" }, { tag: "a", text: "b" }]] } };
    expect(textOfMessage(message("m", { msg_type: "post", content: JSON.stringify(post) }), "Bot")).toBe("T\nab");
  });
});

describe("the list of chats", () => {
  const card = (config: object) => message("m", { msg_type: "interactive", content: JSON.stringify({ config, header: { title: { content: "Title" } } }) });

  it("shows a card's summary, or its title", () => {
    expect(preview(card({ summary: { content: "摘要", i18n_content: { en_us: "Summary" } } }), "Bot", "en")).toBe("Summary");
    expect(preview(card({}), "Bot", "en")).toBe("Title");
    expect(preview(message("m"), "Bot", "en")).toBe("@Bot hi");
  });

  it("knows the newest message that is still there", () => {
    expect(newestOf([message("m1"), message("m2"), message("m3", { recalled: true })]).get("oc_a")?.message_id).toBe("m2");
  });
});

describe("calls", () => {
  it("counts the questions of the last minute, without those that were throttled", () => {
    const calls = [call(0), call(1, { at: "2026-11-25T10:00:59+08:00" }), call(2, { status: 429 }), call(3, { endpoint: "token" })];
    expect(lastMinute(calls, at("2026-11-25T10:00:59"))).toBe(2);
    expect(lastMinute(calls, at("2026-11-25T10:01:00"))).toBe(1);
  });

  it("finds by every word", () => {
    const calls = [call(0), call(1, { code: 211011 }), call(2, { endpoint: "token" })];
    expect(matching(calls, "OVERVIEW 211011").map((c) => c.place)).toEqual([1]);
  });
});

describe("a chart", () => {
  it("has the card's height, or the one of its ratio", () => {
    expect(chartHeight({ height: "200px", aspect_ratio: "1:1" }, 500)).toBe(200);
    expect(chartHeight({ aspect_ratio: "2:1" }, 500)).toBe(250);
    expect(chartHeight({}, 576)).toBe(324);
    expect(chartHeight({}, 300)).toBe(300);
  });

  it("has the theme's colours unless the spec has its own", () => {
    expect(chartSpec({ type: "bar" }, "brand").color[0]).toBe("#3370ff");
    expect(chartSpec({ color: ["red"] }, "brand").color).toEqual(["red"]);
  });
});
