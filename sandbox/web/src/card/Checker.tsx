import type { Json } from "../base/types";
import { hooks, useAct, useField } from "./context";
import { Drawing } from "./Icon";
import { place, spacing } from "./style";
import { PlainOrMarkdown } from "./Text";

export function Checker({ element }: { element: Json }) {
  const { value, setValue, inForm } = useField<boolean>(element, element.checked === true);
  const { busy, run } = useAct(element);
  const toggle = async () => {
    if (element.disabled) {
      return;
    }
    setValue(!value);
    if (!inForm && !(await run({ checked: !value }))) {
      setValue(value);
    }
  };
  const struck = value && element.checked_style?.show_strikethrough;
  return (
    <button
      type="button"
      role="checkbox"
      class={`checker${struck ? " checker--struck" : ""}`}
      {...hooks(element, busy)}
      aria-checked={value}
      disabled={element.disabled === true}
      style={{ ...place(element), padding: spacing(element.padding), opacity: value ? element.checked_style?.opacity : undefined }}
      onClick={() => void toggle()}
    >
      <span class={value ? "tick tick--on" : "tick"}>{busy ? <span class="spinner" /> : value && <Drawing name="yes" size={12} />}</span>
      {element.text && <PlainOrMarkdown text={element.text} />}
    </button>
  );
}
