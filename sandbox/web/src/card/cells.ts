import { formatDate } from "../base/time";
import type { Json } from "../base/types";

// formatNumber writes a number as a column's format wants it, 1,234.50 with a symbol before it.
export function formatNumber(value: unknown, format: Json = {}): string {
  if (typeof value !== "number") {
    return "";
  }
  const digits = format.precision;
  const written = value.toLocaleString("en-US", {
    useGrouping: format.separator === true,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits ?? 10,
  });
  return `${format.symbol ?? ""}${written}`;
}

// formatCellDate writes a time stamp in milliseconds in the column's form.
export function formatCellDate(value: unknown, format: unknown): string {
  const at = Number(value);
  return value === undefined || value === "" || Number.isNaN(at) ? "" : formatDate(at, typeof format === "string" ? format : "YYYY/MM/DD");
}

// columnWidth is the width of a column: of its own, or a fair share that never gets too narrow to read.
export function columnWidth(width: unknown): string {
  return typeof width === "string" && /^\d+(px|%)$/.test(width) ? width : "auto";
}

const heights: Record<string, string> = { low: "33px", middle: "44px", high: "64px" };

// rowHeight is the height of the rows; undefined where they are as high as what they hold.
export function rowHeight(height: unknown): string | undefined {
  if (height === "auto") {
    return undefined;
  }
  return heights[String(height ?? "low")] ?? String(height);
}

export function pageOf<T>(rows: T[], size: number, page: number): T[] {
  return rows.slice(page * size, (page + 1) * size);
}

export const pageCount = (rows: number, size: number) => Math.max(1, Math.ceil(rows / size));
