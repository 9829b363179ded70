import type { JSX } from "preact";

import type { Json } from "../base/types";

type Style = JSX.CSSProperties;

const spacings: Record<string, string> = { small: "4px", medium: "8px", large: "12px", extra_large: "16px" };

// spacing reads one or more lengths of a card, by name or in pixels; undefined when the card gives none.
export function spacing(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "") {
    return undefined;
  }
  return value
    .split(/[\s,]+/)
    .map((one) => spacings[one] ?? (/^-?\d+$/.test(one) ? `${one}px` : one))
    .join(" ");
}

const sides: Record<string, string> = { left: "flex-start", top: "flex-start", center: "center", right: "flex-end", bottom: "flex-end" };

// flow lays out the children of a card's body, a column, a form or a panel.
export function flow(box: Json): Style {
  const horizontal = box.direction === "horizontal";
  const along = horizontal ? box.horizontal_align : box.vertical_align;
  const across = horizontal ? box.vertical_align : box.horizontal_align;
  return {
    display: "flex",
    flexDirection: horizontal ? "row" : "column",
    flexWrap: horizontal ? "wrap" : undefined,
    rowGap: spacing(box.vertical_spacing) ?? "8px",
    columnGap: spacing(box.horizontal_spacing) ?? "8px",
    justifyContent: sides[along],
    alignItems: horizontal || across === "center" || across === "right" ? (sides[across] ?? "center") : undefined,
  };
}

// box is what almost every component may say about its place.
export function place(element: Json): Style {
  return { margin: spacing(element.margin) };
}

// width reads a control's width: as wide as its content, the whole line, or so many pixels.
export function width(value: unknown): Style {
  if (value === "fill") {
    return { width: "100%" };
  }
  return typeof value === "string" && value.endsWith("px") ? { width: value, maxWidth: "100%" } : {};
}

const sizes = [
  "heading-0", "heading-1", "heading-2", "heading-3", "heading-4", "heading",
  "xxxx-large", "xxx-large", "xx-large", "x-large", "large", "medium", "small", "x-small", "normal", "notation",
];

// textClass names the size of a text; a size that is not known is the normal one.
export function textClass(size: unknown): string {
  return `text text--${sizes.includes(size as string) ? size : "normal"}`;
}

// The colours of texts, tags and surfaces that have a rule in colours.css.
const colours = [
  "default", "neutral", "grey", "blue", "wathet", "turquoise", "lime", "green", "yellow", "orange", "red", "carmine",
  "violet", "purple", "indigo", "white",
];

// colour reads a colour by name, such as grey or red-500: shades of a colour are all drawn alike.
export function colour(name: unknown, otherwise = "default"): string {
  const plain = String(name ?? "").replace(/-\d+$/, "");
  return colours.includes(plain) ? plain : otherwise;
}
