import { useRef, useState } from "preact/hooks";

import { textOf, usePage } from "../base/context";
import { two } from "../base/time";
import type { Json } from "../base/types";
import { unzoned, zoned } from "./calendar";
import { hooks, useAct, useField } from "./context";
import { Drawing } from "./Icon";
import { Popover } from "./Popover";
import { place, width } from "./style";

// TimePicker holds its value as the client sends it, such as "10:30 +0800".
export function TimePicker({ element }: { element: Json }) {
  const { lang, words } = usePage();
  const { value, setValue, missing, inForm } = useField(element, zoned(element.initial_time ?? ""));
  const { busy, run } = useAct(element);
  const [open, setOpen] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const pick = async (time: string) => {
    setOpen(false);
    const before = value;
    setValue(zoned(time));
    if (!inForm && !(await run({ option: zoned(time) }))) {
      setValue(before);
    }
  };
  return (
    <div class="control" style={{ ...place(element), ...width(element.width) }}>
      <button
        ref={trigger}
        type="button"
        class="pick"
        {...hooks(element, busy, missing)}
        data-value={unzoned(value)}
        disabled={element.disabled === true}
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Drawing name="time" size={14} />
        <span class={value ? "pick-text" : "pick-text pick-text--none"}>
          {unzoned(value) || textOf(element.placeholder, lang) || words.chooseTime}
        </span>
        {busy && <span class="spinner" />}
      </button>
      {open && (
        <Popover anchor={trigger.current} close={() => setOpen(false)}>
          <Times chosen={unzoned(value)} pick={(t) => void pick(t)} />
        </Popover>
      )}
    </div>
  );
}

function Times({ chosen, pick }: { chosen: string; pick: (time: string) => void }) {
  const { words } = usePage();
  const [[hour = 0, minute = 0], setTime] = useState((chosen || "10:30").split(":").map(Number));
  return (
    <div class="times">
      <div class="times-lists">
        <Numbers name="hour" count={24} chosen={hour} pick={(h) => setTime([h, minute])} />
        <Numbers name="minute" count={60} chosen={minute} pick={(m) => setTime([hour, m])} />
      </div>
      <button type="button" class="btn btn--primary_filled btn--small" data-testid="time-ok" onClick={() => pick(`${two(hour)}:${two(minute)}`)}>
        {words.ok}
      </button>
    </div>
  );
}

function Numbers({ name, count, chosen, pick }: { name: string; count: number; chosen: number; pick: (n: number) => void }) {
  return (
    <div class="numbers" role="listbox" aria-label={name}>
      {Array.from({ length: count }, (_, n) => (
        <button
          key={n}
          ref={(b) => {
            if (n === chosen) {
              b?.scrollIntoView?.({ block: "nearest" });
            }
          }}
          type="button"
          role="option"
          class="option"
          {...{ [`data-${name}`]: two(n) }}
          aria-selected={n === chosen}
          onClick={() => pick(n)}
        >
          {two(n)}
        </button>
      ))}
    </div>
  );
}
