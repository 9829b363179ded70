import { render } from "preact";
import { act } from "preact/test-utils";

import { type Page, PageContext } from "../base/context";
import type { Lang } from "../base/prefs";
import type { Action, Json } from "../base/types";
import { wordsOf } from "../base/words";
import { Card } from "./Card";

// Drawn is a card in a document, with what its controls sent and what was told.
export interface Drawn {
  box: HTMLElement;
  actions: Action[];
  toasts: string[];
  redraw: (elements: Json[], version: string) => void;
  find: (selector: string) => HTMLElement;
  click: (selector: string) => Promise<void>;
  type: (selector: string, text: string) => void;
}

export const body = (elements: Json[], more: Json = {}): Json => ({ schema: "2.0", body: { elements }, ...more });

// draw draws a card as a reader of a language sees it. Confirmations are answered with yes, and what is asked is taken by the
// bot, unless told otherwise.
export function draw(card: Json, { lang = "en" as Lang, yes = true, taken = true } = {}): Drawn {
  const box = document.createElement("div");
  document.body.replaceChildren(box);
  const actions: Action[] = [];
  const toasts: string[] = [];
  const page: Page = {
    lang,
    theme: "light",
    words: wordsOf(lang),
    people: [{ open_id: "ou_lin", name: "Lin" }, { open_id: "ou_chen", name: "Chen" }],
    toast: (_, text) => void toasts.push(text),
    confirm: async () => yes,
  };
  const click = async (action: Action) => {
    actions.push(action);
    return taken;
  };
  const show = (shown: Json, version: string) =>
    act(() => render(
      <PageContext.Provider value={page}>
        <Card card={shown} use={{ version, members: ["ou_lin", "ou_chen"], click }} />
      </PageContext.Provider>,
      box,
    ));
  show(card, "1");
  const find = (selector: string) => {
    const found = document.querySelector<HTMLElement>(selector);
    if (!found) {
      throw new Error(`nothing is found by ${selector} in ${box.innerHTML}`);
    }
    return found;
  };
  return {
    box,
    actions,
    toasts,
    find,
    redraw: (elements, version) => void show(body(elements), version),
    click: async (selector) => {
      await act(async () => find(selector).click());
    },
    type: (selector, text) => {
      const input = find(selector) as HTMLInputElement;
      void act(() => {
        input.value = text;
        input.dispatchEvent(new Event("input", { bubbles: true }));
      });
    },
  };
}
