import { useState } from "preact/hooks";

import { usePage } from "../base/context";
import { timeOf } from "../base/time";
import type { Call } from "../base/types";
import { lastMinute, matching } from "./recent";

const shown = 100;

export function Calls({ calls, now }: { calls: Call[]; now: number }) {
  const { words } = usePage();
  const [filter, setFilter] = useState("");
  const found = matching(calls, filter);
  return (
    <section class="panel-section">
      <h2>{words.calls}</h2>
      <p class="hint" data-testid="last-minute">
        {words.lastMinute(lastMinute(calls, now))}
      </p>
      <input
        type="search"
        class="field-input"
        data-testid="filter"
        aria-label={words.filter}
        placeholder={words.filter}
        value={filter}
        onInput={(e) => setFilter(e.currentTarget.value)}
      />
      <ol class="calls" data-testid="calls">
        {found.slice(0, shown).map((c) => (
          <Entry key={c.place} call={c} />
        ))}
      </ol>
      {found.length === 0 && <p class="hint">{words.noCalls}</p>}
    </section>
  );
}

function Entry({ call }: { call: Call }) {
  const { words } = usePage();
  const bad = call.code !== 0 || call.status >= 400;
  const status = call.status === 0 ? words.dropped : String(call.status);
  return (
    <li class={bad ? "call call--bad" : "call"} data-endpoint={call.endpoint} data-code={call.code} title={`${call.method} ${call.path}`}>
      <div class="call-line">
        <b>{call.endpoint}</b>
        <span>
          {status} · {call.code}
        </span>
        <time>{timeOf(Date.parse(call.at))}</time>
      </div>
      {call.says && <div class="call-says">{call.says}</div>}
      <div class="call-log">{call.log_id}</div>
    </li>
  );
}
