import newMarkdown, { type MarkdownIt, type RendererRule, type StateInline } from "markdown-it";

import { colour } from "./style";

// The platform's markdown: CommonMark with tables, and a few tags of its own. HTML is off, so whatever is no known tag
// stays text. Nothing here writes a style attribute, which the page's policy would not let through.

export interface Names {
  person: (openID: string) => string;
}

const opening = /^<(font|text_tag|number_tag)\b([^<>]*)>/;
const closing = /^<\/(font|text_tag|number_tag)>/;
const at = /^<at\b([^<>]*)>\s*(?:<\/at>)?/;
const link = /^<link\b([^<>]*)>([^<]*)<\/link>/;
const lineBreak = /^<br\s*\/?>/;

function attribute(attributes: string, name: string): string {
  const found = new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>/]+))`).exec(attributes);
  return found?.[1] ?? found?.[2] ?? found?.[3] ?? "";
}

// span writes text in a class. Its text is escaped by the renderer, its class is one of ours.
function span(state: StateInline, name: string, content: string) {
  const open = state.push("span_open", "span", 1);
  open.attrSet("class", name);
  state.push("text", "", 0).content = content;
  state.push("span_close", "span", -1);
}

// ownTags is the rule for the platform's tags.
function ownTags(names: Names) {
  return (state: StateInline, silent: boolean): boolean => {
    if (state.src[state.pos] !== "<") {
      return false;
    }
    const rest = state.src.slice(state.pos);
    const found = opening.exec(rest) ?? closing.exec(rest) ?? at.exec(rest) ?? link.exec(rest) ?? lineBreak.exec(rest);
    if (!found) {
      return false;
    }
    if (!silent) {
      writeTag(state, found, names);
    }
    state.pos += found[0].length;
    return true;
  };
}

function writeTag(state: StateInline, found: RegExpExecArray, names: Names) {
  const [whole, name = ""] = found;
  if (lineBreak.test(whole)) {
    state.push("hardbreak", "br", 0);
  } else if (closing.test(whole)) {
    state.push("span_close", "span", -1);
  } else if (opening.test(whole)) {
    const shade = colour(attribute(found[2] ?? "", name === "number_tag" ? "background_color" : "color"), name === "font" ? "default" : "neutral");
    const open = state.push("span_open", "span", 1);
    open.attrSet("class", name === "font" ? `ink ink--${shade}` : `tag tag--${shade}`);
  } else if (at.test(whole)) {
    const id = attribute(name, "id") || attribute(name, "ids") || attribute(name, "user_id");
    span(state, "mention", `@${id === "all" ? "all" : names.person(id)}`);
  } else {
    writeLink(state, attribute(name, "url"), found[2] ?? "");
  }
}

function writeLink(state: StateInline, url: string, text: string) {
  if (!state.md.validateLink(url)) {
    state.push("text", "", 0).content = text;
    return;
  }
  const open = state.push("link_open", "a", 1);
  open.attrSet("href", state.md.normalizeLink(url));
  state.push("text", "", 0).content = text;
  state.push("link_close", "a", -1);
}

function newRenderer(names: Names): MarkdownIt {
  const md = newMarkdown({ html: false, linkify: false, breaks: true });
  md.inline.ruler.before("autolink", "own_tags", ownTags(names));
  const plain: RendererRule = (tokens, i, options, _env, self) => self.renderToken(tokens, i, options);
  md.renderer.rules.link_open = (tokens, i, ...rest) => {
    tokens[i]?.attrSet("target", "_blank");
    tokens[i]?.attrSet("rel", "noopener noreferrer");
    return plain(tokens, i, ...rest);
  };
  // An image is a key of the platform's, which a browser cannot fetch.
  md.renderer.rules.image = (tokens, i) => `<span class="picture">${md.utils.escapeHtml(tokens[i]?.content || "🖼")}</span>`;
  for (const cell of ["th_open", "td_open"] as const) {
    md.renderer.rules[cell] = (tokens, i, ...rest) => {
      const token = tokens[i];
      const side = /text-align:(\w+)/.exec(String(token?.attrGet("style") ?? ""))?.[1];
      if (token && side) {
        token.attrs = [["class", `align--${side}`]];
      }
      return plain(tokens, i, ...rest);
    };
  }
  md.renderer.rules.table_open = () => `<div class="md-table"><table>`;
  md.renderer.rules.table_close = () => `</table></div>`;
  return md;
}

// renderMarkdown returns the HTML of a markdown component.
export function renderMarkdown(content: string, names: Names): string {
  return newRenderer(names).render(content);
}

// renderInline returns the HTML of a lark_md text, which knows no headings, lists and tables.
export function renderInline(content: string, names: Names): string {
  return newRenderer(names).renderInline(content);
}
