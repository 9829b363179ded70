import { textOf, usePage } from "../base/context";
import type { Json } from "../base/types";
import { Drawing, Icon } from "./Icon";
import { Option } from "./Option";
import { Picker } from "./Picker";

// initialOf is the option that a select begins with: by its value, or by its place counted from 1.
function initialOf(element: Json): string {
  return element.initial_option ?? element.options?.[(element.initial_index ?? 0) - 1]?.value ?? "";
}

export function Select({ element }: { element: Json }) {
  const { lang, words } = usePage();
  const options: Json[] = element.options ?? [];
  const says = (value: string) => textOf(options.find((o) => o.value === value)?.text, lang);
  return (
    <Picker element={element} initial={initialOf(element)} says={says} otherwise={words.choose}>
      {(value, pick) => (
        <div role="listbox" class="options">
          {options.map((o) => (
            <Option key={o.value} option={o} on={o.value === value} pick={() => pick(o.value)}>
              {o.icon && <Icon icon={o.icon} />}
              <span>{textOf(o.text, lang)}</span>
              {o.value === value && <Drawing name="yes" size={14} />}
            </Option>
          ))}
        </div>
      )}
    </Picker>
  );
}
