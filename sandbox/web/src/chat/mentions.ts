import type { Person } from "../base/types";

// asked returns what stands behind the last @ before the cursor, and where that @ is; nothing if it cannot begin a mention.
export function asked(text: string, cursor: number): { at: number; name: string } | undefined {
  const before = text.slice(0, cursor);
  const found = /(?:^|[^\w@])@([^\s@:/]*)$/.exec(before);
  return found ? { at: before.lastIndexOf("@"), name: found[1] ?? "" } : undefined;
}

// matching are the people whose name contains what was typed, or whose id begins with it.
export const matching = (people: Person[], name: string): Person[] =>
  people.filter((p) => p.name.toLowerCase().includes(name.toLowerCase()) || (name !== "" && p.open_id.startsWith(name)));

// insert puts a mention in place of what was asked for, and returns the text and where the cursor is then.
export function insert(text: string, cursor: number, at: number, person: Person): { text: string; cursor: number } {
  const mention = `@${person.name} `;
  return { text: text.slice(0, at) + mention + text.slice(cursor).replace(/^ /, ""), cursor: at + mention.length };
}

// withIDs writes the mentions that were picked by their ids, which the sandbox makes mentions of. A name that was only typed
// stays a text.
export function withIDs(text: string, picked: Person[]): string {
  const longest = [...picked].sort((a, b) => b.name.length - a.name.length);
  return longest.reduce((line, p) => line.replaceAll(`@${p.name}`, `@${p.open_id}`), text);
}
