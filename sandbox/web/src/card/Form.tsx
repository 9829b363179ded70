import { createContext } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";

import { usePage } from "../base/context";
import type { Json } from "../base/types";
import { type Field, FormContext, isEmpty } from "./context";
import { Elements } from "./Elements";
import { flow, place, spacing } from "./style";

// Submit is what a form's buttons may do.
interface Submit {
  collect: () => Record<string, unknown> | null; // null when something that is required is missing
  reset: () => void;
}

export const SubmitContext = createContext<Submit | null>(null);

// missingOf names the fields that are required and empty.
export function missingOf(fields: Map<string, Field>): Set<string> {
  return new Set([...fields].filter(([, f]) => f.required && isEmpty(f.value)).map(([name]) => name));
}

export function Form({ element }: { element: Json }) {
  const { words, toast } = usePage();
  const fields = useRef(new Map<string, Field>()).current;
  const [resets, setResets] = useState(0);
  const [missing, setMissing] = useState<ReadonlySet<string>>(new Set());
  const form = useMemo(() => ({ fields, resets, missing }), [resets, missing]);
  const submit: Submit = {
    collect: () => {
      const none = missingOf(fields);
      setMissing(none);
      if (none.size > 0) {
        toast("error", words.requiredToast);
        return null;
      }
      return Object.fromEntries([...fields].map(([name, f]) => [name, f.value]));
    },
    reset: () => {
      setMissing(new Set());
      setResets((n) => n + 1);
    },
  };
  return (
    <FormContext.Provider value={form}>
      <SubmitContext.Provider value={submit}>
        <div
          class="form"
          role="form"
          data-tag="form"
          data-name={element.name}
          style={{ ...flow(element), ...place(element), padding: spacing(element.padding) }}
        >
          <Elements elements={element.elements} />
        </div>
      </SubmitContext.Provider>
    </FormContext.Provider>
  );
}
