import { locale, textOf, usePage } from "../base/context";
import type { Json } from "../base/types";
import { Icon } from "./Icon";
import { colour, spacing } from "./style";
import { PlainOrMarkdown } from "./Text";

export function Header({ header }: { header: Json }) {
  const { lang } = usePage();
  const tags: Json[] = header.i18n_text_tag_list?.[locale(lang)] ?? header.text_tag_list ?? [];
  return (
    <div class={`card-header card-header--${colour(header.template)}`} style={{ padding: spacing(header.padding) }}>
      {header.icon && <Icon icon={header.icon} />}
      <div class="card-heading">
        <div class="card-title">
          <PlainOrMarkdown text={{ ...header.title, text_size: "heading-4" }} />
          {tags.map((tag, i) => (
            <Tag key={i} tag={tag} />
          ))}
        </div>
        {header.subtitle && textOf(header.subtitle, lang) && (
          <div class="card-subtitle">{textOf(header.subtitle, lang)}</div>
        )}
      </div>
    </div>
  );
}

function Tag({ tag }: { tag: Json }) {
  const { lang } = usePage();
  return <span class={`tag tag--${colour(tag.color, "neutral")}`}>{textOf(tag.text, lang)}</span>;
}
