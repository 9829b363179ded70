import { useCallback, useEffect, useRef, useState } from "preact/hooks";

import { enter } from "../base/api";
import { usePage } from "../base/context";
import type { Chat, Person, State } from "../base/types";

// usePlace knows which chat is open and as whom one writes. A single chat is one person's: opening it makes one that
// person, and tells the bot that the person came in, the first time.
export function usePlace(state: State, moved: () => void) {
  const { toast } = usePage();
  const [chatID, setChatID] = useState("");
  const [who, setWho] = useState("");
  const entered = useRef(new Set<string>()).current;
  const me = who || state.people[0]?.open_id || "";
  const single = (person: string) => state.chats.find((c) => c.chat_mode === "p2p" && c.members?.includes(person));
  const chat = state.chats.find((c) => c.chat_id === chatID) ?? single(me);

  useEffect(() => {
    const owner = chat?.chat_mode === "p2p" ? chat.members?.[0] : undefined;
    if (owner && !entered.has(owner)) {
      entered.add(owner);
      enter(owner).catch((e: Error) => toast("error", e.message));
    }
  }, [chat?.chat_id]);

  const open = useCallback(
    (next: Chat) => {
      setChatID(next.chat_id);
      if (next.chat_mode === "p2p" && next.members?.[0]) {
        setWho(next.members[0]);
      }
      moved();
    },
    [moved],
  );
  const writeAs = (person: Person) => {
    setWho(person.open_id);
    const own = single(person.open_id);
    if (chat?.chat_mode === "p2p" && own) {
      setChatID(own.chat_id);
    }
  };
  return { chat, me, open, writeAs };
}
