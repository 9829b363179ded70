import type { Call } from "../base/types";

// lastMinute counts the usage questions that the last minute of the sandbox's clock holds.
export function lastMinute(calls: Call[], now: number): number {
  return calls.filter((c) => c.endpoint === "overview" && c.status !== 429 && Date.parse(c.at) > now - 60_000 && Date.parse(c.at) <= now).length;
}

// matching keeps the calls in which every word of the filter stands somewhere.
export function matching(calls: Call[], filter: string): Call[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return calls.filter((c) => {
    const all = `${c.endpoint} ${c.method} ${c.path} ${c.status} ${c.code} ${c.log_id} ${c.says ?? ""}`.toLowerCase();
    return words.every((w) => all.includes(w));
  });
}
