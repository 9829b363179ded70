import { textOf, usePage } from "../base/context";
import type { Json } from "../base/types";
import { place } from "./style";

// Picture stands in for an image, whose key only the platform can resolve.
export function Picture({ element }: { element: Json }) {
  const { lang, words } = usePage();
  return (
    <div class="picture picture--block" data-tag="img" role="img" style={{ ...place(element), borderRadius: element.corner_radius }}>
      <span>{textOf(element.title, lang) || textOf(element.alt, lang) || words.image}</span>
      <code>{element.img_key}</code>
    </div>
  );
}
