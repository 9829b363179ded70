import { useState } from "preact/hooks";

import { advance } from "../base/api";
import { usePage } from "../base/context";
import { dateOf, fieldOf, fromField, nextFirst, nextMonday, timeOf, weekdayOf } from "../base/time";

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

export function ClockPanel({ now, newest }: { now: number; newest: string }) {
  const { lang, words, toast } = usePage();
  const [field, setField] = useState("");
  const [busy, setBusy] = useState(false);
  const move = async (seconds: number) => {
    if (seconds <= 0 || Number.isNaN(seconds)) {
      toast("warning", words.onlyOn);
      return;
    }
    setBusy(true);
    try {
      await advance(Math.ceil(seconds));
    } catch (e) {
      toast("error", String((e as Error).message));
    } finally {
      setBusy(false);
    }
  };
  const until = (at: number) => () => void move((at - now) / 1000);
  const buttons: [string, string, () => void][] = [
    ["10m", words.plus10m, () => void move(10 * minute)],
    ["1h", words.plus1h, () => void move(hour)],
    ["1d", words.plus1d, () => void move(day)],
    ["monday", words.monday, until(nextMonday(now))],
    ["first", words.first, until(nextFirst(now))],
  ];
  return (
    <section class="panel-section">
      <h2>{words.clock}</h2>
      <p class="clock" data-testid="clock">
        {dateOf(now)} {weekdayOf(now, lang)} <b>{timeOf(now)}</b>
      </p>
      <p class="hint">{words.newest(newest)}</p>
      <div class="panel-buttons">
        {buttons.map(([key, name, act]) => (
          <button key={key} type="button" class="btn btn--default btn--small" data-clock={key} disabled={busy} onClick={act}>
            {name}
          </button>
        ))}
      </div>
      <div class="panel-row">
        <input
          type="datetime-local"
          class="field-input"
          data-testid="clock-field"
          aria-label={words.moveTo}
          min={fieldOf(now)}
          value={field || fieldOf(now)}
          onInput={(e) => setField(e.currentTarget.value)}
        />
        <button
          type="button"
          class="btn btn--default btn--small"
          data-clock="set"
          disabled={busy}
          onClick={() => {
            void move((fromField(field) - now) / 1000);
            setField("");
          }}
        >
          {words.moveTo}
        </button>
      </div>
      <p class="hint">{words.clockHint}</p>
    </section>
  );
}
