import { useRef, useState } from "preact/hooks";

import { textOf, usePage } from "../base/context";
import { dateOf } from "../base/time";
import type { Json } from "../base/types";
import { monthName, monthOf, shift, unzoned, weeks, zoned } from "./calendar";
import { hooks, useAct, useField } from "./context";
import { Drawing } from "./Icon";
import { Popover } from "./Popover";
import { place, width } from "./style";

// DatePicker holds its value as the client sends it, such as "2025-06-10 +0800".
export function DatePicker({ element }: { element: Json }) {
  const { lang, words } = usePage();
  const { value, setValue, missing, inForm } = useField(element, zoned(element.initial_date ?? ""));
  const { busy, run } = useAct(element);
  const [open, setOpen] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const pick = async (date: string) => {
    setOpen(false);
    const before = value;
    setValue(zoned(date));
    if (!inForm && !(await run({ option: zoned(date) }))) {
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
        <Drawing name="calendar" size={14} />
        <span class={value ? "pick-text" : "pick-text pick-text--none"}>
          {unzoned(value) || textOf(element.placeholder, lang) || words.chooseDate}
        </span>
        {busy && <span class="spinner" />}
      </button>
      {open && (
        <Popover anchor={trigger.current} close={() => setOpen(false)} class="popover--calendar">
          <Calendar chosen={unzoned(value)} pick={(d) => void pick(d)} />
        </Popover>
      )}
    </div>
  );
}

function Calendar({ chosen, pick }: { chosen: string; pick: (date: string) => void }) {
  const { lang } = usePage();
  const [month, setMonth] = useState(() => monthOf(chosen || dateOf(Date.now())));
  const days = lang === "zh" ? [..."一二三四五六日"] : ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
  return (
    <div class="calendar" data-testid="calendar">
      <div class="calendar-head">
        <button type="button" class="plain" data-testid="month-before" aria-label="‹" onClick={() => setMonth(shift(month, -1))}>
          <Drawing name="left" />
        </button>
        <span data-testid="month">{monthName(month, lang)}</span>
        <button type="button" class="plain" data-testid="month-after" aria-label="›" onClick={() => setMonth(shift(month, 1))}>
          <Drawing name="right" />
        </button>
      </div>
      <div class="calendar-days">
        {days.map((d) => (
          <span key={d} class="weekday">
            {d}
          </span>
        ))}
        {weeks(month).map((date) => (
          <button
            key={date}
            type="button"
            class={monthOf(date).month === month.month ? "day" : "day day--other"}
            data-date={date}
            aria-pressed={date === chosen}
            onClick={() => pick(date)}
          >
            {Number(date.slice(8))}
          </button>
        ))}
      </div>
    </div>
  );
}
