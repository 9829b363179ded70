import { useRef, useState } from "preact/hooks";

import { textOf, usePage } from "../base/context";
import type { Json } from "../base/types";
import { hooks, useAct, useField } from "./context";
import { Drawing, Icon } from "./Icon";
import { Popover } from "./Popover";
import { place, width } from "./style";

// initialOf is the option that a select begins with: by its value, or by its place counted from 1.
function initialOf(element: Json): string {
  return element.initial_option ?? element.options?.[(element.initial_index ?? 0) - 1]?.value ?? "";
}

export function Select({ element }: { element: Json }) {
  const { lang, words } = usePage();
  const { value, setValue, missing, inForm } = useField(element, initialOf(element));
  const { busy, run } = useAct(element);
  const [open, setOpen] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const options: Json[] = element.options ?? [];
  const chosen = options.find((o) => o.value === value);
  const pick = async (option: string) => {
    setOpen(false);
    const before = value;
    setValue(option);
    if (!inForm && !(await run({ option }))) {
      setValue(before);
    }
  };
  return (
    <div class="control" style={{ ...place(element), ...width(element.width) }}>
      <button
        ref={trigger}
        type="button"
        class={`pick pick--${element.type ?? "default"}`}
        {...hooks(element, busy, missing)}
        data-value={value}
        disabled={element.disabled === true}
        aria-haspopup="listbox"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <span class={chosen ? "pick-text" : "pick-text pick-text--none"}>
          {chosen ? textOf(chosen.text, lang) : textOf(element.placeholder, lang) || words.choose}
        </span>
        {busy ? <span class="spinner" /> : <Drawing name="down" size={14} />}
      </button>
      {open && (
        <Popover anchor={trigger.current} close={() => setOpen(false)}>
          <div role="listbox" class="options">
            {options.map((o) => (
              <button
                key={o.value}
                type="button"
                role="option"
                class="option"
                data-value={o.value}
                aria-selected={o.value === value}
                onClick={() => void pick(o.value)}
              >
                {o.icon && <Icon icon={o.icon} />}
                <span>{textOf(o.text, lang)}</span>
                {o.value === value && <Drawing name="yes" size={14} />}
              </button>
            ))}
          </div>
        </Popover>
      )}
    </div>
  );
}
