import { nameOf, usePage } from "../base/context";
import type { Json } from "../base/types";
import { place } from "./style";

// Avatar is the first sign of a name on a colour that is the name's own.
export function Avatar({ name, size = "medium" }: { name: string; size?: string }) {
  const hue = [...name].reduce((sum, c) => sum + (c.codePointAt(0) ?? 0), 0) % 6;
  return (
    <span class={`avatar avatar--${size} avatar--${hue}`} aria-hidden="true">
      {[...name][0] ?? "?"}
    </span>
  );
}

export function Person({ element }: { element: Json }) {
  const { people } = usePage();
  const name = nameOf(people, element.user_id);
  return (
    <span class={`person person--${element.style ?? "normal"}`} data-tag="person" style={place(element)} title={name}>
      {element.show_avatar !== false && <Avatar name={name} size={element.size} />}
      {element.show_name && <span>{name}</span>}
    </span>
  );
}

export function People({ element }: { element: Json }) {
  return (
    <div class="people-list" data-tag="person_list" style={place(element)}>
      {(element.persons ?? []).map((p: Json) => (
        <Person
          key={p.id}
          element={{ user_id: p.id, size: element.size, show_avatar: element.show_avatar === true, show_name: element.show_name !== false }}
        />
      ))}
    </div>
  );
}
