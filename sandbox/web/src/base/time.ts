// The platform's days begin in China, which has had no summer time since 1991: its clock is always 8 hours ahead.
const ahead = 8 * 3600_000;
const day = 24 * 3600_000;

// parts reads the wall clock of China at an instant.
function parts(at: number) {
  const d = new Date(at + ahead);
  return {
    year: d.getUTCFullYear(),
    month: d.getUTCMonth(),
    date: d.getUTCDate(),
    weekday: d.getUTCDay(),
    hour: d.getUTCHours(),
    minute: d.getUTCMinutes(),
    second: d.getUTCSeconds(),
  };
}

function instant(year: number, month: number, date: number, hour: number, minute: number): number {
  return Date.UTC(year, month, date, hour, minute) - ahead;
}

export const two = (n: number) => String(n).padStart(2, "0");

// nextMonday is the next Monday at 10:30, today's if it is still to come.
export function nextMonday(now: number): number {
  const p = parts(now);
  const at = instant(p.year, p.month, p.date + ((8 - p.weekday) % 7), 10, 30);
  return at > now ? at : at + 7 * day;
}

// nextFirst is the first of the next month at 10:30.
export function nextFirst(now: number): number {
  const p = parts(now);
  return instant(p.year, p.month + 1, 1, 10, 30);
}

// dateOf writes the day in the platform's form.
export function dateOf(at: number): string {
  const p = parts(at);
  return `${p.year}-${two(p.month + 1)}-${two(p.date)}`;
}

export function timeOf(at: number): string {
  const p = parts(at);
  return `${two(p.hour)}:${two(p.minute)}:${two(p.second)}`;
}

// fieldOf writes an instant for a datetime-local field, and fromField reads it.
export const fieldOf = (at: number) => `${dateOf(at)}T${timeOf(at).slice(0, 5)}`;

export function fromField(value: string): number {
  return Date.parse(`${value}:00+08:00`);
}

export function weekdayOf(at: number, lang: "zh" | "en"): string {
  const names = { zh: "周日周一周二周三周四周五周六", en: "SunMonTueWedThuFriSat" }[lang];
  const length = names.length / 7;
  return names.slice(parts(at).weekday * length, (parts(at).weekday + 1) * length);
}

// formatDate writes a day as a table's date_format wants it, such as YYYY/MM/DD HH:mm.
export function formatDate(at: number, format: string): string {
  const p = parts(at);
  const words: Record<string, string> = {
    YYYY: String(p.year),
    YY: two(p.year % 100),
    MM: two(p.month + 1),
    M: String(p.month + 1),
    DD: two(p.date),
    D: String(p.date),
    HH: two(p.hour),
    H: String(p.hour),
    mm: two(p.minute),
    ss: two(p.second),
  };
  return format.replace(/YYYY|YY|MM|M|DD|D|HH|H|mm|ss/g, (word) => words[word] ?? word);
}
