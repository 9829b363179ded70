import type { Json } from "../base/types";
import { useAct } from "./context";
import { Elements } from "./Elements";
import { colour, flow, place, spacing } from "./style";

// ColumnSet is a row of columns. What becomes of them where it is narrow is the mode's matter: see card.css.
export function ColumnSet({ element }: { element: Json }) {
  return (
    <div
      class={`columns columns--${element.flex_mode ?? "none"} surface surface--${colour(element.background_style)}`}
      data-tag="column_set"
      style={{ ...place(element), gap: spacing(element.horizontal_spacing) ?? "8px", justifyContent: element.horizontal_align }}
    >
      {(element.columns ?? []).map((column: Json, i: number) => (
        <Column key={column.element_id ?? i} column={column} />
      ))}
    </div>
  );
}

function Column({ column }: { column: Json }) {
  const { run } = useAct(column);
  const weighted = column.width === "weighted";
  return (
    <div
      class={`column column--${weighted ? "weighted" : "auto"} column--${column.vertical_align ?? "top"} surface surface--${colour(column.background_style)}`}
      data-tag="column"
      onClick={column.behaviors ? () => void run() : undefined}
      style={{
        ...flow(column),
        ...place(column),
        padding: spacing(column.padding),
        flexGrow: weighted ? (column.weight ?? 1) : undefined,
        width: /px$/.test(column.width ?? "") ? column.width : undefined,
      }}
    >
      <Elements elements={column.elements} />
    </div>
  );
}
