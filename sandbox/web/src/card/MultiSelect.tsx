import { textOf, usePage } from "../base/context";
import type { Json } from "../base/types";
import { Drawing } from "./Icon";
import { Option } from "./Option";
import { Picker } from "./Picker";

export function MultiSelect({ element }: { element: Json }) {
  const { lang, words } = usePage();
  const options: Json[] = element.options ?? [];
  const says = (chosen: string[]) =>
    options
      .filter((o) => chosen.includes(o.value))
      .map((o) => textOf(o.text, lang))
      .join(lang === "zh" ? "、" : ", ");
  // The options stay in the order of the card, however they are chosen.
  const toggled = (chosen: string[], option: string) =>
    options.map((o) => o.value as string).filter((v) => chosen.includes(v) !== (v === option));
  return (
    <Picker<string[]> element={element} initial={element.selected_values ?? []} says={says} otherwise={words.choose}>
      {(chosen, pick) => (
        <div role="listbox" aria-multiselectable="true" class="options">
          {options.map((o) => (
            <Option key={o.value} option={o} on={chosen.includes(o.value)} pick={() => pick(toggled(chosen, o.value))}>
              <span class={chosen.includes(o.value) ? "tick tick--on" : "tick"}>
                {chosen.includes(o.value) && <Drawing name="yes" size={12} />}
              </span>
              <span>{textOf(o.text, lang)}</span>
            </Option>
          ))}
        </div>
      )}
    </Picker>
  );
}
