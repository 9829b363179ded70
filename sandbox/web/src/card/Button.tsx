import { useContext } from "preact/hooks";

import { textOf, usePage } from "../base/context";
import type { Json } from "../base/types";
import { hooks, useAct } from "./context";
import { SubmitContext } from "./Form";
import { Icon } from "./Icon";
import { place, width } from "./style";

export function Button({ element }: { element: Json }) {
  const { lang } = usePage();
  const form = useContext(SubmitContext);
  const { busy, run } = useAct(element);
  const press = () => {
    if (form && element.form_action_type === "reset") {
      form.reset();
      return;
    }
    if (form && element.form_action_type === "submit") {
      const values = form.collect();
      if (values) {
        void run({ form_value: values });
      }
      return;
    }
    void run();
  };
  const tip = textOf(element.disabled ? (element.disabled_tips ?? element.hover_tips) : element.hover_tips, lang);
  return (
    <button
      type="button"
      class={`btn btn--${element.type ?? "default"} btn--${element.size ?? "medium"}`}
      {...hooks(element, busy)}
      data-action={element.form_action_type}
      disabled={element.disabled === true}
      aria-busy={busy}
      title={tip || undefined}
      style={{ ...place(element), ...width(element.width) }}
      onClick={press}
    >
      {busy ? <span class="spinner" /> : element.icon && <Icon icon={element.icon} />}
      <span class="btn-text">{textOf(element.text, lang)}</span>
    </button>
  );
}
