import { useState } from "preact/hooks";

import type { Json } from "../base/types";
import { Elements } from "./Elements";
import { Drawing, Icon } from "./Icon";
import { colour, flow, place, spacing } from "./style";
import { Markdown, PlainOrMarkdown } from "./Text";

// Collapsible is a panel that opens and closes; what it was opened to stays through updates of the card.
export function Collapsible({ element }: { element: Json }) {
  const [open, setOpen] = useState(element.expanded === true);
  const header: Json = element.header ?? {};
  const border: Json | undefined = element.border;
  return (
    <div
      class={`panel-box surface surface--${colour(element.background_color)}`}
      data-tag="collapsible_panel"
      data-element-id={element.element_id}
      data-open={open}
      style={{
        ...place(element),
        border: border && "1px solid var(--line)",
        borderRadius: border && (spacing(border.corner_radius) ?? "6px"),
      }}
    >
      <button
        type="button"
        class={`panel-head panel-head--${header.icon_position ?? "left"} panel-head--${header.width ?? "fill"} surface surface--${colour(header.background_color)}`}
        data-testid="panel-toggle"
        aria-expanded={open}
        style={{ padding: spacing(header.padding) }}
        onClick={() => setOpen(!open)}
      >
        <span class="panel-icon" style={{ transform: open ? `rotate(${header.icon_expanded_angle ?? 180}deg)` : undefined }}>
          {header.icon ? <Icon icon={header.icon} /> : <Drawing name="down" />}
        </span>
        <span class="panel-title">
          {header.title?.tag === "markdown" ? <Markdown element={header.title} /> : <PlainOrMarkdown text={header.title ?? {}} />}
        </span>
      </button>
      {open && (
        <div class="panel-content" style={{ ...flow(element), padding: spacing(element.padding) }}>
          <Elements elements={element.elements} />
        </div>
      )}
    </div>
  );
}
