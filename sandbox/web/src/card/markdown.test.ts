import { describe, expect, it } from "vitest";

import { renderInline, renderMarkdown } from "./markdown";

const names = { person: (id: string) => (id === "ou_lin" ? "Lin" : id) };

describe("markdown", () => {
  it.each([
    ["bold", "**b**", "<strong>b</strong>"],
    ["a font colour", "<font color='red'>▼ 3%</font>", `<span class="ink ink--red">▼ 3%</span>`],
    ["a shade", `<font color="red-500">x</font>`, `<span class="ink ink--red">x</span>`],
    ["no such colour", "<font color='\"><b'>x</font>", "<span"],
    ["markdown in a colour", "<font color=green>**b**</font>", `<span class="ink ink--green"><strong>b</strong></span>`],
    ["a tag", "<text_tag color='blue'>t</text_tag>", `<span class="tag tag--blue">t</span>`],
    ["a mention", "<at id=ou_lin></at> hi", `<span class="mention">@Lin</span> hi`],
    ["everybody", "<at id=all></at>", "@all"],
    ["a link", "<link url='https://open.feishu.cn'>go</link>", `target="_blank"`],
    ["a line break", "a<br>b", "a<br>\nb"],
    ["a new line", "a\nb", "a<br>\nb"],
  ])("draws %s", (_, content, html) => {
    expect(renderInline(content, names)).toContain(html);
  });

  it.each([
    ["a script", "<script>alert(1)</script>", "<script"],
    ["an attribute", "<b onclick='x()'>y</b>", "<b "],
    ["a script behind a link", "[x](javascript:alert(1))", "href"],
    ["a script behind the platform's link", "<link url='javascript:alert(1)'>x</link>", "href"],
    ["a name with markup", "<at id=<img></at>", "<img"],
    ["a style", "| a |\n| --: |\n| b |", "style="],
  ])("lets no %s through", (_, content, html) => {
    expect(renderMarkdown(content, names)).not.toContain(html);
  });

  it("draws tables and lists in markdown only", () => {
    expect(renderMarkdown("| a |\n| --: |\n| b |", names)).toContain(`<td class="align--right">b</td>`);
    expect(renderMarkdown("- a", names)).toContain("<li>a</li>");
    expect(renderInline("- a", names)).toBe("- a");
  });
});
