import { useState } from "preact/hooks";

import { usePage } from "../base/context";
import { two } from "../base/time";
import type { Json } from "../base/types";
import { unzoned, zoned } from "./calendar";
import { Picker } from "./Picker";

// TimePicker holds its value as the client sends it, such as "10:30 +0800".
export function TimePicker({ element }: { element: Json }) {
  const { words } = usePage();
  const initial = zoned(element.initial_time ?? "");
  return (
    <Picker element={element} initial={initial} says={unzoned} otherwise={words.chooseTime} icon="time">
      {(value, pick) => <Times chosen={unzoned(value)} pick={(time) => pick(zoned(time))} />}
    </Picker>
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
              b?.scrollIntoView?.({ block: "center" });
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
