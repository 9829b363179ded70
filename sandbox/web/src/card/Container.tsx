import type { JSX } from "preact";

import type { Json } from "../base/types";
import { hooks, useAct } from "./context";
import { Elements } from "./Elements";
import { colour, flow, place, spacing, width } from "./style";

// isOwn tells a click on the container from one on a control within it.
function isOwn(e: JSX.TargetedMouseEvent<HTMLElement>): boolean {
  const control = (e.target as Element).closest("button, input, textarea, a, [role=button]");
  return control === e.currentTarget;
}

// Container makes one control of all that is in it.
export function Container({ element }: { element: Json }) {
  const { busy, run } = useAct(element);
  return (
    <div
      role="button"
      tabIndex={element.disabled ? -1 : 0}
      class={`container surface surface--${colour(element.background_style)}${element.has_border ? " container--border" : ""}`}
      {...hooks(element, busy)}
      aria-disabled={element.disabled === true}
      style={{
        ...flow(element),
        ...place(element),
        ...width(element.width),
        height: element.height,
        padding: spacing(element.padding) ?? "4px 12px",
        borderRadius: element.corner_radius,
      }}
      onClick={(e) => isOwn(e) && void run()}
      onKeyDown={(e) => e.key === "Enter" && e.target === e.currentTarget && void run()}
    >
      <Elements elements={element.elements} />
    </div>
  );
}
