import { useState } from "preact/hooks";

import { usePage } from "../base/context";
import { dateOf } from "../base/time";
import type { Json } from "../base/types";
import { monthName, monthOf, shift, unzoned, weeks, zoned } from "./calendar";
import { Drawing } from "./Icon";
import { Picker } from "./Picker";

// DatePicker holds its value as the client sends it, such as "2025-06-10 +0800".
export function DatePicker({ element }: { element: Json }) {
  const { words } = usePage();
  const initial = zoned(element.initial_date ?? "");
  return (
    <Picker element={element} initial={initial} says={unzoned} otherwise={words.chooseDate} icon="calendar">
      {(value, pick) => <Calendar chosen={unzoned(value)} pick={(date) => pick(zoned(date))} />}
    </Picker>
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
