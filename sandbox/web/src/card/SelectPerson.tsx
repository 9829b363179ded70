import { nameOf, usePage } from "../base/context";
import type { Json } from "../base/types";
import { useCard } from "./context";
import { Drawing } from "./Icon";
import { Option } from "./Option";
import { Avatar } from "./Person";
import { Picker } from "./Picker";

// SelectPerson chooses one of the people that the card names: of those who are known, or else of whoever is in the chat.
export function SelectPerson({ element }: { element: Json }) {
  const { people, words } = usePage();
  const { members } = useCard();
  const known = (id: string) => people.some((p) => p.open_id === id);
  const named: string[] = (element.options ?? []).map((o: Json) => o.value).filter(known);
  const candidates = named.length > 0 ? named : members.filter(known);
  return (
    <Picker
      element={element}
      initial={candidates.includes(element.initial_option) ? (element.initial_option as string) : ""}
      says={(id) => (id ? nameOf(people, id) : "")}
      otherwise={words.choose}
    >
      {(value, pick) => (
        <div role="listbox" class="options">
          {candidates.map((id) => (
            <Option key={id} option={{ value: id }} on={id === value} pick={() => pick(id)}>
              <Avatar name={nameOf(people, id)} size="extra_small" />
              <span>{nameOf(people, id)}</span>
              {id === value && <Drawing name="yes" size={14} />}
            </Option>
          ))}
        </div>
      )}
    </Picker>
  );
}
