import { createContext } from "preact";
import { useContext } from "preact/hooks";

import type { Lang, Theme } from "./prefs";
import type { Json, Person, ToastType } from "./types";
import { type Words, wordsOf } from "./words";

// Page is what every part of the page may want to know.
export interface Page {
  lang: Lang;
  theme: Theme;
  words: Words;
  people: Person[];
  toast: (type: ToastType, text: string) => void;
  confirm: (title: string, text: string) => Promise<boolean>;
}

export const PageContext = createContext<Page>({
  lang: "zh",
  theme: "light",
  words: wordsOf("zh"),
  people: [],
  toast: () => undefined,
  confirm: async () => true,
});

export const usePage = () => useContext(PageContext);

// locale is the page's language as cards name it.
export const locale = (lang: Lang) => (lang === "zh" ? "zh_cn" : "en_us");

// textOf reads a text object, or a markdown component, in the page's language.
export function textOf(text: Json | undefined, lang: Lang): string {
  return text?.i18n_content?.[locale(lang)] ?? text?.content ?? "";
}

export const nameOf = (people: Person[], openID: string) => people.find((p) => p.open_id === openID)?.name ?? openID;
