import type { Call, Frame, Message, State } from "./types";

// View is everything the page knows of the sandbox.
export interface View {
  state: State;
  messages: Message[]; // oldest first
  calls: Call[]; // newest first
  ahead: number; // the sandbox's clock against the machine's, in milliseconds
  connected: boolean;
}

// The page shows no more calls than these; the sandbox has them all.
const mostCalls = 500;

export const emptyView: View = {
  state: { bot_id: "", bot_name: "", bot_name_en: "", people: [], chats: [], newest: "", troubles: [] },
  messages: [],
  calls: [],
  ahead: 0,
  connected: false,
};

// merge returns the view after a frame. What has not changed stays the same object, so that nothing is drawn in vain.
export function merge(view: View, frame: Frame, machine: number): View {
  return {
    state: frame.state ?? view.state,
    messages: frame.messages ? mergeMessages(view.messages, frame.messages) : view.messages,
    calls: frame.calls ? mergeCalls(view.calls, frame.calls) : view.calls,
    ahead: Date.parse(frame.now) - machine,
    connected: true,
  };
}

function mergeMessages(known: Message[], told: Message[]): Message[] {
  const all = new Map(known.map((m) => [m.message_id, m]));
  for (const m of told) {
    all.set(m.message_id, m); // a message that is known keeps its place
  }
  return [...all.values()];
}

function mergeCalls(known: Call[], told: Call[]): Call[] {
  const all = new Map(known.map((c) => [c.place, c]));
  for (const c of told) {
    all.set(c.place, c);
  }
  return [...all.values()].sort((a, b) => b.place - a.place).slice(0, mostCalls);
}
