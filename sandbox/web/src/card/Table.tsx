import { useState } from "preact/hooks";

import { nameOf, usePage } from "../base/context";
import type { Json } from "../base/types";
import { columnWidth, formatCellDate, formatNumber, pageCount, pageOf, rowHeight } from "./cells";
import { Drawing } from "./Icon";
import { renderInline, renderMarkdown } from "./markdown";
import { colour, place, textClass } from "./style";

export function Table({ element }: { element: Json }) {
  const { words } = usePage();
  const [wanted, setPage] = useState(0);
  const columns: Json[] = element.columns ?? [];
  const rows: Json[] = element.rows ?? [];
  const size = element.page_size ?? 5;
  const pages = pageCount(rows.length, size);
  const page = Math.min(wanted, pages - 1); // an update may have left fewer rows
  const height = rowHeight(element.row_height);
  return (
    <div class="table" data-tag="table" data-element-id={element.element_id} style={place(element)}>
      <div class="table-scroll">
        <table class={element.freeze_first_column ? "frozen" : undefined}>
          <Head columns={columns} style={element.header_style ?? {}} />
          <tbody>
            {pageOf(rows, size, page).map((row, i) => (
              <tr key={i}>
                {columns.map((column) => (
                  <td key={column.name} class={`align--${column.horizontal_align ?? "left"}`} style={{ height, verticalAlign: column.vertical_align ?? "middle" }}>
                    <div class={height ? "cell cell--fixed" : "cell"} style={{ maxHeight: height ?? element.row_max_height ?? "124px" }}>
                      <Cell column={column} value={row[column.name]} />
                    </div>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {rows.length === 0 && <div class="table-empty">{words.noRows}</div>}
      </div>
      {pages > 1 && (
        <div class="pager">
          <button type="button" class="plain" data-testid="page-before" aria-label="‹" disabled={page === 0} onClick={() => setPage(page - 1)}>
            <Drawing name="left" />
          </button>
          <span data-testid="page">{words.page(page + 1, pages)}</span>
          <button type="button" class="plain" data-testid="page-after" aria-label="›" disabled={page === pages - 1} onClick={() => setPage(page + 1)}>
            <Drawing name="right" />
          </button>
        </div>
      )}
    </div>
  );
}

function Head({ columns, style }: { columns: Json[]; style: Json }) {
  return (
    <thead class={style.background_style === "grey" ? "head head--grey" : "head"}>
      <tr>
        {columns.map((c) => (
          <th
            key={c.name}
            class={`${textClass(style.text_size)} ink ink--${colour(style.text_color)} align--${style.text_align ?? c.horizontal_align ?? "left"}`}
            style={{ width: columnWidth(c.width), fontWeight: style.bold === false ? 400 : 600 }}
          >
            <div class="cell" style={{ WebkitLineClamp: style.lines ?? 1 }}>
              {c.display_name ?? c.name}
            </div>
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Cell({ column, value }: { column: Json; value: unknown }) {
  const { people } = usePage();
  const names = { person: (id: string) => nameOf(people, id) };
  switch (column.data_type) {
    case "number":
      return <>{formatNumber(value, column.format)}</>;
    case "date":
      return <>{formatCellDate(value, column.date_format)}</>;
    case "options":
      return <Options options={value} />;
    case "persons":
      return <>{([] as string[]).concat((value as string[]) ?? []).map((id) => nameOf(people, id)).join(", ")}</>;
    case "lark_md":
      return <span dangerouslySetInnerHTML={{ __html: renderInline(String(value ?? ""), names) }} />;
    case "markdown":
      return <div class="md" dangerouslySetInnerHTML={{ __html: renderMarkdown(String(value ?? ""), names) }} />;
  }
  return <span title={String(value ?? "")}>{String(value ?? "")}</span>;
}

function Options({ options }: { options: unknown }) {
  if (!Array.isArray(options)) {
    return <span class="tag tag--neutral">{String(options ?? "")}</span>;
  }
  return (
    <>
      {options.map((o: Json, i) => (
        <span key={i} class={`tag tag--${colour(o.color, "neutral")}`}>
          {o.text}
        </span>
      ))}
    </>
  );
}
