import { textOf, usePage } from "../base/context";
import type { Json } from "../base/types";
import { hooks, useAct, useField } from "./context";
import { place, width } from "./style";

// Input asks the bot with Enter or when it is left, if what stands in it has changed; in a form it is sent with the form.
export function Input({ element }: { element: Json }) {
  const { lang } = usePage();
  const initial: string = element.default_value ?? "";
  const { value, setValue, missing, inForm } = useField(element, initial);
  const { busy, run } = useAct(element);
  const tell = () => {
    if (!inForm && value !== initial) {
      void run({ input_value: value });
    }
  };
  const field = {
    class: "field-input",
    ...hooks(element, busy, missing),
    value,
    placeholder: textOf(element.placeholder, lang),
    maxLength: element.max_length ?? 1000,
    disabled: element.disabled === true,
    onInput: (e: Event) => setValue((e.target as HTMLInputElement).value),
    onBlur: tell,
  };
  const label = textOf(element.label, lang);
  return (
    <label class={`input input--${element.label_position ?? "top"}`} style={{ ...place(element), ...width(element.width) }}>
      {label && <span class={element.required ? "label label--required" : "label"}>{label}</span>}
      {element.input_type === "multiline_text" ? (
        <textarea rows={element.rows ?? 5} {...field} />
      ) : (
        <input
          type={element.input_type === "password" ? "password" : "text"}
          {...field}
          onKeyDown={(e) => e.key === "Enter" && e.currentTarget.blur()}
        />
      )}
      {busy && <span class="spinner" />}
    </label>
  );
}
