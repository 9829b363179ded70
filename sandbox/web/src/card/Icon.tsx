import type { Json } from "../base/types";
import { colour } from "./style";

// A few icons of the platform's set, drawn by hand on a grid of 16. Every other token is a neutral glyph.
const paths: Record<string, string> = {
  down: "M4 6l4 4 4-4",
  right: "M6 4l4 4-4 4",
  left: "M10 4L6 8l4 4",
  chart: "M3 13V8m5 5V3m5 10V6",
  bell: "M4 11V7a4 4 0 018 0v4l1 1H3zM7 14h2",
  calendar: "M3 4h10v9H3zM3 7h10M6 2v3m4-3v3",
  time: "M8 2a6 6 0 100 12A6 6 0 008 2zm0 3v3l2 2",
  info: "M8 2a6 6 0 100 12A6 6 0 008 2zm0 5v4m0-6v.5",
  warning: "M8 2l6 11H2zM8 6v4m0 1.5v.5",
  yes: "M3 8l3.5 3.5L13 5",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  member: "M8 8a3 3 0 100-6 3 3 0 000 6zm-5 6a5 5 0 0110 0z",
  search: "M7 2a5 5 0 100 10A5 5 0 007 2zm4 9l3 3",
  other: "M5 5h6v6H5z",
};

// What the names of tokens begin with.
const families: [RegExp, string][] = [
  [/^(down|expand-down|arrow-down)/, "down"],
  [/^(right|arrow-right)/, "right"],
  [/^(left|arrow-left)/, "left"],
  [/^(chart|data|analytics|bar-chart|tab-bi)/, "chart"],
  [/^(bell|alert|subscribe)/, "bell"],
  [/^(calendar|date)/, "calendar"],
  [/^(time|clock|history)/, "time"],
  [/^(info|help|maybe)/, "info"],
  [/^(warning|error)/, "warning"],
  [/^(yes|done|check|succeed)/, "yes"],
  [/^more/, "more"],
  [/^(member|group|person|contacts|department)/, "member"],
  [/^search/, "search"],
];

export function glyph(token: string): string {
  const family = families.find(([begins]) => begins.test(token));
  return family ? family[1] : "other";
}

// Drawing is one of the icons by our own name.
export function Drawing({ name, size = 16 }: { name: string; size?: number }) {
  return (
    <svg class="drawing" viewBox="0 0 16 16" width={size} height={size} aria-hidden="true">
      <path d={paths[name] ?? paths.other} />
    </svg>
  );
}

export function Icon({ icon }: { icon: Json }) {
  const size = Number.parseInt(icon.size ?? "16", 10) || 16;
  const name = icon.tag === "standard_icon" ? glyph(icon.token ?? "") : "other";
  return (
    <span class={`icon ink ink--${colour(icon.color)}`} data-token={icon.token}>
      <Drawing name={name} size={size} />
    </span>
  );
}
