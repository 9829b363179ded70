import { useMemo, useState } from "preact/hooks";

import { usePage } from "../base/context";
import type { Action } from "../base/types";
import { Card } from "../card/Card";
import { cards } from "./cards";

// Gallery draws every component on cards of its own, for work on the page and for its tests: /#gallery. What a control
// would send to the bot is shown instead.
export function Gallery() {
  const { people, toast } = usePage();
  const [log, setLog] = useState("");
  const use = useMemo(
    () => ({
      version: "1",
      members: people.map((p) => p.open_id),
      click: async (action: Action) => {
        setLog(JSON.stringify(action));
        toast("success", action.tag);
        return true;
      },
    }),
    [people, toast],
  );
  return (
    <main class="gallery" data-testid="gallery">
      {cards().map((card, i) => (
        <div key={i} class="gallery-card">
          <Card card={card} use={use} />
        </div>
      ))}
      <pre class="gallery-log" data-testid="gallery-log">
        {log}
      </pre>
    </main>
  );
}
