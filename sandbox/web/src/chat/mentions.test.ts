import { describe, expect, it } from "vitest";

import { lines, partsOf, textOfMessage } from "./history";
import { asked, insert, matching, withIDs } from "./mentions";
import type { Message } from "../base/types";
import { wordsOf } from "../base/words";

const people = [
  { open_id: "ou_lin", name: "林一" },
  { open_id: "ou_ann", name: "Ann" },
  { open_id: "ou_anna", name: "Anna Li" },
];

describe("mentions", () => {
  it.each([
    ["@", 1, { at: 0, name: "" }],
    ["/admin grant @an", 16, { at: 13, name: "an" }],
    ["看@林", 3, { at: 1, name: "林" }],
    ["@an na", 6, undefined],
    ["a@b.c", 5, undefined],
    ["@an", 0, undefined],
    ["", 0, undefined],
  ])("finds what %s asks for at %d", (text, cursor, want) => {
    expect(asked(text as string, cursor as number)).toEqual(want);
  });

  it("finds people by a part of the name, or by id", () => {
    expect(matching(people, "").length).toBe(3);
    expect(matching(people, "AN").map((p) => p.open_id)).toEqual(["ou_ann", "ou_anna"]);
    expect(matching(people, "ou_l").map((p) => p.name)).toEqual(["林一"]);
  });

  it("puts the person in and goes on behind", () => {
    expect(insert("/admin grant @an viewer", 16, 13, people[1]!)).toEqual({ text: "/admin grant @Ann viewer", cursor: 18 });
  });

  it("sends ids of those who were picked, and nobody else's", () => {
    expect(withIDs("@Ann @Anna Li @林一", [people[1]!, people[2]!])).toBe("@ou_ann @ou_anna @林一");
  });
});

const message = (more: Partial<Message>): Message => ({
  message_id: "om_1", chat_id: "oc_a", msg_type: "text", content: "{}", sender_id: "ou_lin", by_bot: false, created_at: "", updated_at: "", ...more,
});

describe("a message with mentions", () => {
  const mentions = [{ key: "@_user_1", open_id: "ou_bot", name: "bot" }, { key: "@_user_12", open_id: "ou_ann", name: "Ann" }];
  const said = message({ content: `{"text":"@_user_1 /admin grant @_user_12 viewer"}`, mentions });
  it("shows names, which lead to ids", () => {
    expect(textOfMessage(said, "bot")).toBe("@bot /admin grant @Ann viewer");
    expect(partsOf(said, "bot", "")).toContainEqual(mentions[1]);
  });
  it("has a name for what has no text", () => {
    expect(partsOf(message({ msg_type: "sticker", content: `{"file_key":"k"}` }), "bot", "[x]")).toEqual(["[x]"]);
  });
  it("is a line among others", () => {
    expect(lines("oc_a", [said], []).length).toBe(1);
  });
});

describe("ideas", () => {
  it("are ten in each language", () => {
    expect(wordsOf("zh").ideaLines.length).toBe(10);
    expect(wordsOf("en").ideaLines.length).toBe(10);
  });
});
