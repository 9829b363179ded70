import type { Chat } from "../base/types";
import type { View } from "../base/view";
import { Calls } from "./Calls";
import { ClockPanel } from "./ClockPanel";
import { Troubles } from "./Troubles";

interface Props {
  view: View;
  now: number;
  chat: Chat | undefined;
  me: string;
}

// Panel is what the platform's client does not have: the sandbox's clock, its faults, and the calls that the bot makes.
export function Panel({ view, now, chat, me }: Props) {
  return (
    <aside class="panel" data-testid="panel">
      <ClockPanel now={now} newest={view.state.newest} />
      <Troubles troubles={view.state.troubles} chat={chat} me={me} />
      <Calls calls={view.calls} now={now} />
    </aside>
  );
}
