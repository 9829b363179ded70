import { useRef, useState } from "preact/hooks";

import { textOf, usePage } from "../base/context";
import type { Json } from "../base/types";
import { hooks, useAct, useField } from "./context";
import { Drawing } from "./Icon";
import { Popover } from "./Popover";
import { place, width } from "./style";

// MultiSelect asks the bot when its list is closed with another choice than it was opened with.
export function MultiSelect({ element }: { element: Json }) {
  const { lang, words } = usePage();
  const { value, setValue, missing, inForm } = useField<string[]>(element, element.selected_values ?? []);
  const { busy, run } = useAct(element);
  const [opened, setOpened] = useState<string[] | null>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const options: Json[] = element.options ?? [];
  const close = () => {
    const before = opened;
    setOpened(null);
    if (!inForm && before && before.join() !== value.join()) {
      void run({ options: value }).then((done) => done || setValue(before));
    }
  };
  // The options stay in the order of the card, however they are chosen.
  const toggle = (option: string) =>
    setValue(options.map((o) => o.value as string).filter((v) => value.includes(v) !== (v === option)));
  const chosen = options.filter((o) => value.includes(o.value));
  return (
    <div class="control" style={{ ...place(element), ...width(element.width) }}>
      <button
        ref={trigger}
        type="button"
        class={`pick pick--${element.type ?? "default"}`}
        {...hooks(element, busy, missing)}
        data-value={value.join(",")}
        disabled={element.disabled === true}
        aria-haspopup="listbox"
        aria-expanded={opened !== null}
        onClick={() => (opened ? close() : setOpened(value))}
      >
        <span class={chosen.length > 0 ? "pick-text" : "pick-text pick-text--none"}>
          {chosen.map((o) => textOf(o.text, lang)).join(lang === "zh" ? "、" : ", ") ||
            textOf(element.placeholder, lang) ||
            words.choose}
        </span>
        {busy ? <span class="spinner" /> : <Drawing name="down" size={14} />}
      </button>
      {opened && (
        <Popover anchor={trigger.current} close={close}>
          <div role="listbox" aria-multiselectable="true" class="options">
            {options.map((o) => (
              <button
                key={o.value}
                type="button"
                role="option"
                class="option"
                data-value={o.value}
                aria-selected={value.includes(o.value)}
                onClick={() => toggle(o.value)}
              >
                <span class={value.includes(o.value) ? "tick tick--on" : "tick"}>
                  {value.includes(o.value) && <Drawing name="yes" size={12} />}
                </span>
                <span>{textOf(o.text, lang)}</span>
              </button>
            ))}
          </div>
        </Popover>
      )}
    </div>
  );
}
