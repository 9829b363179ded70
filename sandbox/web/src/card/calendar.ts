import { two } from "../base/time";

// Month is a month of a calendar; month counts from 1.
export interface Month {
  year: number;
  month: number;
}

export function monthOf(date: string): Month {
  const [year = 1970, month = 1] = date.split("-").map(Number);
  return { year, month };
}

export function shift(m: Month, by: number): Month {
  const months = m.year * 12 + m.month - 1 + by;
  return { year: Math.floor(months / 12), month: (((months % 12) + 12) % 12) + 1 };
}

// weeks lists the days that a calendar shows of a month, Monday first: whole weeks, six of them.
export function weeks(m: Month): string[] {
  const first = new Date(Date.UTC(m.year, m.month - 1, 1));
  const before = (first.getUTCDay() + 6) % 7;
  return Array.from({ length: 42 }, (_, i) => {
    const d = new Date(Date.UTC(m.year, m.month - 1, 1 - before + i));
    return `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`;
  });
}

export function monthName(m: Month, lang: "zh" | "en"): string {
  if (lang === "zh") {
    return `${m.year} 年 ${m.month} 月`;
  }
  const names = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
  return `${names[m.month - 1]} ${m.year}`;
}

// zoned writes a date or a time as the client sends it: with the zone of whoever chose it.
export const zoned = (value: string) => (value ? `${value} +0800` : "");

// unzoned takes the zone off again.
export const unzoned = (value: string) => value.replace(/ [+-]\d{4}$/, "");
