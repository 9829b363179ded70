import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";

import { textOf, usePage } from "../base/context";
import type { Json } from "../base/types";
import { unzoned } from "./calendar";
import { hooks, useAct, useField } from "./context";
import { Drawing } from "./Icon";
import { Popover } from "./Popover";
import { place, width } from "./style";

interface Props<T> {
  element: Json;
  initial: T; // a list where several may be chosen
  says: (value: T) => string; // what is chosen, in words
  otherwise: string; // said when nothing is chosen and the card has no words for it
  icon?: string; // before the words; a picker without one has an arrow behind them, and opens a list
  children: (value: T, pick: (choice: T) => void) => ComponentChildren; // what it opens
}

// Picker is a button that opens something to choose from. One choice closes it and is told to the bot; several are told
// when it is closed with others than it was opened with. A choice that is refused is taken back.
export function Picker<T extends string | string[]>({ element, initial, says, otherwise, icon, children }: Props<T>) {
  const { lang } = usePage();
  const { value, setValue, missing, inForm } = useField(element, initial);
  const { busy, run } = useAct(element);
  const [opened, setOpened] = useState<T | null>(null); // what stood in it when it was opened
  const trigger = useRef<HTMLButtonElement>(null);
  const several = Array.isArray(initial);
  const tell = async (choice: T, before: T) => {
    if (!inForm && !(await run(Array.isArray(choice) ? { options: choice } : { option: choice }))) {
      setValue(before);
    }
  };
  const pick = (choice: T) => {
    setValue(choice);
    if (!several) {
      setOpened(null);
      void tell(choice, value);
    }
  };
  const close = () => {
    setOpened(null);
    if (several && opened && String(opened) !== String(value)) {
      void tell(value, opened);
    }
  };
  const words = says(value);
  return (
    <div class="control" style={{ ...place(element), ...width(element.width) }}>
      <button
        ref={trigger}
        type="button"
        class={`pick pick--${element.type ?? "default"}`}
        {...hooks(element, busy, missing)}
        data-value={unzoned(String(value))}
        disabled={element.disabled === true}
        aria-haspopup={icon ? "dialog" : "listbox"}
        aria-expanded={opened !== null}
        onClick={() => (opened === null ? setOpened(value) : close())}
      >
        {icon && <Drawing name={icon} size={14} />}
        <span class={words ? "pick-text" : "pick-text pick-text--none"}>
          {words || textOf(element.placeholder, lang) || otherwise}
        </span>
        {busy ? <span class="spinner" /> : !icon && <Drawing name="down" size={14} />}
      </button>
      {opened !== null && (
        <Popover anchor={trigger.current} close={close}>
          {children(value, pick)}
        </Popover>
      )}
    </div>
  );
}
