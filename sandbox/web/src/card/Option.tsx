import type { ComponentChildren } from "preact";

import type { Json } from "../base/types";

interface Props {
  option: Json;
  on: boolean; // it is chosen
  pick: () => void;
  children: ComponentChildren;
}

// Option is a line of the list that a select opens.
export function Option({ option, on, pick, children }: Props) {
  return (
    <button type="button" role="option" class="option" data-value={option.value} aria-selected={on} onClick={pick}>
      {children}
    </button>
  );
}
