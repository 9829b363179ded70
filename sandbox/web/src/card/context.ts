import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";

import { textOf, usePage } from "../base/context";
import type { Action, Json } from "../base/types";

// CardUse is what the controls of a card need of the message around it.
export interface CardUse {
  version: string; // differs after every update of the card
  members: string[]; // open_ids of who is in the chat
  click: (action: Action) => Promise<boolean>; // whether the bot took it
}

export const CardContext = createContext<CardUse>({ version: "", members: [], click: async () => true });

export const useCard = () => useContext(CardContext);

// Field is a control of a form as the form sees it.
export interface Field {
  value: unknown;
  required: boolean;
}

// FormUse collects what stands in the controls of a form.
export interface FormUse {
  fields: Map<string, Field>;
  resets: number; // how often the form was reset
  missing: ReadonlySet<string>; // names that are required, as the last try to submit found
}

export const FormContext = createContext<FormUse | null>(null);

// useField holds what stands in a control. Outside a form it goes back to what the card says with every update; in a
// form it stays until the form is reset or the card says something else, so that nobody's entry is lost to an update.
export function useField<T>(element: Json, initial: T) {
  const form = useContext(FormContext);
  const card = useContext(CardContext);
  const [value, setValue] = useState(initial);
  useEffect(() => setValue(initial), [JSON.stringify(initial), form ? form.resets : card.version]);
  if (form && element.name) {
    form.fields.set(element.name, { value, required: element.required === true });
  }
  useEffect(() => () => void form?.fields.delete(element.name), [element.name]);
  const missing = form?.missing.has(element.name) === true && isEmpty(value);
  return { value, setValue, missing, inForm: form !== null };
}

export function isEmpty(value: unknown): boolean {
  return value === undefined || value === "" || value === false || (Array.isArray(value) && value.length === 0);
}

// useAct returns how a control asks the bot: after the confirmation, if the card wants one, and with its callback's
// value. Busy is for as long as the answer takes, and run tells whether the bot took it. In a form only the buttons ask:
// the rest is sent with the form.
export function useAct(element: Json) {
  const { lang, words, confirm } = usePage();
  const card = useContext(CardContext);
  const [busy, setBusy] = useState(false);
  const run = async (what: Partial<Action> = {}): Promise<boolean> => {
    if (busy || element.disabled) {
      return false;
    }
    if (element.confirm) {
      const title = textOf(element.confirm.title, lang) || words.confirmTitle;
      if (!(await confirm(title, textOf(element.confirm.text, lang)))) {
        return false;
      }
    }
    const behaviors: Json[] = element.behaviors ?? [];
    for (const b of behaviors.filter((b) => b.type === "open_url")) {
      window.open(b.pc_url || b.default_url, "_blank", "noopener,noreferrer");
    }
    const callback = behaviors.find((b) => b.type === "callback");
    if (!callback && !what.form_value) {
      return true;
    }
    setBusy(true);
    try {
      const value = callback?.value;
      return await card.click({ tag: element.tag, name: element.name, value, timezone: "Asia/Shanghai", ...what });
    } finally {
      setBusy(false);
    }
  };
  return { busy, run };
}

// hooks are the attributes by which tests find a control: see README.md.
export function hooks(element: Json, busy: boolean, missing = false) {
  return {
    "data-tag": element.tag as string,
    "data-name": element.name as string | undefined,
    "data-element-id": element.element_id as string | undefined,
    "data-busy": busy ? "true" : undefined,
    "data-missing": missing ? "true" : undefined,
  };
}
