import { nameOf, textOf, usePage } from "../base/context";
import type { Json } from "../base/types";
import { Icon } from "./Icon";
import { renderInline, renderMarkdown } from "./markdown";
import { colour, place, spacing, textClass, width } from "./style";

// PlainOrMarkdown draws a text object: plain_text or lark_md.
export function PlainOrMarkdown({ text }: { text: Json }) {
  const { lang, people } = usePage();
  const content = textOf(text, lang);
  const look = {
    class: `${textClass(text.text_size)} ink ink--${colour(text.text_color)}${text.lines ? " text--clamped" : ""}`,
    style: { textAlign: text.text_align, WebkitLineClamp: text.lines },
  };
  if (text.tag === "lark_md") {
    const html = renderInline(content, { person: (id) => nameOf(people, id) });
    return <div {...look} dangerouslySetInnerHTML={{ __html: html }} />;
  }
  return <div {...look}>{content}</div>;
}

// Div is a text with an icon before it, or fields two in a row.
export function Div({ element }: { element: Json }) {
  return (
    <div class="div" data-tag="div" style={{ ...place(element), ...width(element.width) }}>
      {element.icon && <Icon icon={element.icon} />}
      <div class="div-text">
        {element.text && <PlainOrMarkdown text={element.text} />}
        {element.fields && <Fields fields={element.fields} />}
      </div>
    </div>
  );
}

function Fields({ fields }: { fields: Json[] }) {
  return (
    <div class="fields">
      {fields.map((f, i) => (
        <div key={i} class={f.is_short ? "field field--short" : "field"}>
          {f.text && <PlainOrMarkdown text={f.text} />}
        </div>
      ))}
    </div>
  );
}

export function Markdown({ element }: { element: Json }) {
  const { lang, people } = usePage();
  const html = renderMarkdown(textOf(element, lang), { person: (id) => nameOf(people, id) });
  return (
    <div class="div" data-tag="markdown" style={{ margin: spacing(element.margin) }}>
      {element.icon && <Icon icon={element.icon} />}
      <div
        class={`md ${textClass(element.text_size)}`}
        style={{ textAlign: element.text_align }}
        dangerouslySetInnerHTML={{ __html: html }}
      />
    </div>
  );
}
