import { useLayoutEffect, useRef, useState } from "preact/hooks";

import { usePage } from "../base/context";
import type { Chat, Person } from "../base/types";
import { Avatar } from "../card/Person";
import { Ideas } from "./Ideas";
import { asked, insert, matching, withIDs } from "./mentions";

interface Props {
  chat: Chat;
  bot: string;
  say: (text: string) => Promise<boolean>; // whether it was sent
  menu: (key: string) => void;
}

// Composer writes into the chat. In a group the message mentions the bot, as it must to reach it; in a single chat the
// bot's menu hangs below. An @ opens a list of people to mention.
export function Composer({ chat, bot, say, menu }: Props) {
  const { words, people } = usePage();
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [ideas, setIdeas] = useState(false);
  const [picked, setPicked] = useState<Person[]>([]);
  const [mention, setMention] = useState<{ at: number; name: string }>();
  const [chosen, setChosen] = useState(0);
  const field = useRef<HTMLTextAreaElement>(null);
  const cursor = useRef<number>();
  const found = mention ? matching(people, mention.name) : [];
  useLayoutEffect(() => {
    if (cursor.current !== undefined) {
      field.current?.focus();
      field.current?.setSelectionRange(cursor.current, cursor.current);
      cursor.current = undefined;
    }
  }, [text]);
  const look = (field: HTMLTextAreaElement) => {
    setMention(asked(field.value, field.selectionStart));
    setChosen(0);
  };
  const pick = (person: Person) => {
    const box = field.current;
    if (!box || !mention) {
      return;
    }
    const next = insert(text, box.selectionStart, mention.at, person);
    cursor.current = next.cursor;
    setText(next.text);
    setPicked((all) => [...all.filter((p) => p.open_id !== person.open_id), person]);
    setMention(undefined);
  };
  const keys = (e: KeyboardEvent) => {
    if (e.isComposing) {
      return;
    }
    if (found.length > 0 && ["ArrowDown", "ArrowUp", "Enter", "Tab", "Escape"].includes(e.key)) {
      e.preventDefault();
      const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
      if (step) {
        setChosen((chosen + step + found.length) % found.length);
      } else if (e.key === "Escape") {
        setMention(undefined);
      } else {
        pick(found[chosen] ?? found[0]!);
      }
    } else if (e.key === "Enter" && !e.shiftKey) {
      e.preventDefault();
      void send();
    }
  };
  const send = async () => {
    const line = text.trim();
    if (line === "" || busy) {
      return;
    }
    setBusy(true);
    try {
      if (await say(withIDs(line, picked))) {
        setText("");
        setPicked([]);
      }
    } finally {
      setBusy(false);
    }
  };
  if (chat.chat_status !== "normal" || !chat.bot_inside) {
    return <div class="composer composer--closed">{chat.bot_inside ? words.dissolved : words.botGone}</div>;
  }
  return (
    <div class="composer">
      <div class="composer-tools">
        <button
          type="button"
          class="btn btn--text btn--small"
          data-testid="ideas-open"
          aria-expanded={ideas}
          onClick={() => setIdeas(!ideas)}
        >
          {words.ideas}
        </button>
      </div>
      {ideas && <Ideas say={say} done={() => setIdeas(false)} />}
      {found.length > 0 && (
        <div class="mention-list" role="listbox" aria-label={words.mentionPeople} data-testid="mention-list">
          {found.map((p, i) => (
            <button
              key={p.open_id}
              type="button"
              role="option"
              aria-selected={i === chosen}
              data-value={p.open_id}
              title={p.open_id}
              onMouseDown={(e) => e.preventDefault()}
              onClick={() => pick(p)}
            >
              <Avatar name={p.name} size="extra_small" />
              <span>{p.name}</span>
              <span class="mention-id">{p.open_id}</span>
            </button>
          ))}
        </div>
      )}
      <div class="composer-box">
        {chat.chat_mode !== "p2p" && (
          <span class="mention" data-testid="mention">
            @{bot}
          </span>
        )}
        <textarea
          ref={field}
          data-testid="composer"
          rows={1}
          aria-label={words.placeholder}
          placeholder={words.placeholder}
          value={text}
          onInput={(e) => {
            // A line break at the beginning comes from the key that has just sent the message before.
            if (e.currentTarget.value.startsWith("\n")) {
              e.currentTarget.value = e.currentTarget.value.trimStart();
            }
            setText(e.currentTarget.value);
            look(e.currentTarget);
          }}
          onClick={(e) => look(e.currentTarget)}
          onBlur={() => setMention(undefined)}
          onKeyDown={keys}
        />
        <button type="button" class="btn btn--primary_filled btn--small" data-testid="send" disabled={busy || text.trim() === ""} onClick={() => void send()}>
          {busy ? <span class="spinner" /> : words.send}
        </button>
      </div>
      {chat.chat_mode === "p2p" && (
        <div class="menu" data-testid="menu">
          {Object.entries(words.menu).map(([key, name]) => (
            <button key={key} type="button" data-menu={key} onClick={() => menu(key)}>
              {name}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
