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

// People shows several; those who are unknown may be left out.
export function People({ element }: { element: Json }) {
  const { people } = usePage();
  const shown: Json[] = element.persons ?? [];
  const known = (p: Json) => people.some((q) => q.open_id === p.id);
  return (
    <div class="people-list" data-tag="person_list" style={place(element)}>
      {shown.filter((p) => !element.drop_invalid_user_id || known(p)).map((p) => (
        <Person
          key={p.id}
          element={{ user_id: p.id, size: element.size, show_avatar: element.show_avatar === true, show_name: element.show_name !== false }}
        />
      ))}
    </div>
  );
}
