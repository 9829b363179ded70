import type { ComponentType } from "preact";

import { usePage } from "../base/context";
import type { Json } from "../base/types";
import { Button } from "./Button";
import { Chart } from "./Chart";
import { Checker } from "./Checker";
import { Collapsible } from "./Collapsible";
import { ColumnSet } from "./Columns";
import { Container } from "./Container";
import { DatePicker } from "./DatePicker";
import { Form } from "./Form";
import { Input } from "./Input";
import { MultiSelect } from "./MultiSelect";
import { Overflow } from "./Overflow";
import { People, Person } from "./Person";
import { Picture } from "./Picture";
import { Select } from "./Select";
import { SelectPerson } from "./SelectPerson";
import { Table } from "./Table";
import { Div, Markdown } from "./Text";
import { TimePicker } from "./TimePicker";
import { place } from "./style";

type Draws = ComponentType<{ element: Json }>;

function drawing(tag: string): Draws | undefined {
  const all: Record<string, Draws> = {
    button: Button,
    chart: Chart,
    checker: Checker,
    collapsible_panel: Collapsible,
    column_set: ColumnSet,
    date_picker: DatePicker,
    div: Div,
    form: Form,
    hr: Rule,
    img: Picture,
    input: Input,
    interactive_container: Container,
    markdown: Markdown,
    multi_select_static: MultiSelect,
    overflow: Overflow,
    person: Person,
    person_list: People,
    picker_time: TimePicker,
    select_person: SelectPerson,
    select_static: Select,
    table: Table,
  };
  return all[tag];
}

// Elements draws the children of a box. A child keeps its state through an update of the card by its kind and its id,
// name or place: an open panel stays open.
export function Elements({ elements }: { elements: Json[] | undefined }) {
  return (
    <>
      {(elements ?? []).map((element, i) => {
        const Draw = drawing(element.tag) ?? Unknown;
        return <Draw key={`${element.tag} ${element.element_id ?? element.name ?? i}`} element={element} />;
      })}
    </>
  );
}

function Rule({ element }: { element: Json }) {
  return <hr class="rule" style={place(element)} />;
}

function Unknown({ element }: { element: Json }) {
  const { words } = usePage();
  return (
    <div class="unknown" data-tag={element.tag}>
      {words.noDraw(String(element.tag))}
    </div>
  );
}
