import { useRef, useState } from "preact/hooks";

import { textOf, usePage } from "../base/context";
import type { Json } from "../base/types";
import { hooks, useAct } from "./context";
import { Drawing } from "./Icon";
import { Popover } from "./Popover";
import { place, width } from "./style";

// Overflow is a button with further choices behind it.
export function Overflow({ element }: { element: Json }) {
  const { lang, words } = usePage();
  const { busy, run } = useAct(element);
  const [open, setOpen] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const pick = (option: Json) => {
    setOpen(false);
    const url = option.multi_url?.pc_url || option.multi_url?.url;
    if (url) {
      window.open(url, "_blank", "noopener,noreferrer");
      return;
    }
    void run({ option: option.value });
  };
  return (
    <div class="control" style={{ ...place(element), ...width(element.width) }}>
      <button
        ref={trigger}
        type="button"
        class="btn btn--default btn--medium btn--square"
        {...hooks(element, busy)}
        aria-label={words.more}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {busy ? <span class="spinner" /> : <Drawing name="more" />}
      </button>
      {open && (
        <Popover anchor={trigger.current} close={() => setOpen(false)}>
          <div role="menu" class="options">
            {(element.options ?? []).map((o: Json, i: number) => (
              <button key={o.value ?? i} type="button" role="menuitem" class="option" data-value={o.value} onClick={() => pick(o)}>
                {textOf(o.text, lang)}
              </button>
            ))}
          </div>
        </Popover>
      )}
    </div>
  );
}
