import { useState } from "preact/hooks";

import { usePage } from "../base/context";
import type { Chat } from "../base/types";

interface Props {
  chat: Chat;
  bot: string;
  say: (text: string) => Promise<boolean>; // whether it was sent
  menu: (key: string) => void;
}

// Composer writes into the chat. In a group the message mentions the bot, as it must to reach it; in a single chat the
// bot's menu hangs below.
export function Composer({ chat, bot, say, menu }: Props) {
  const { words } = usePage();
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const send = async () => {
    const line = text.trim();
    if (line === "" || busy) {
      return;
    }
    setBusy(true);
    try {
      if (await say(line)) {
        setText("");
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
      <div class="composer-box">
        {chat.chat_mode === "group" && (
          <span class="mention" data-testid="mention">
            @{bot}
          </span>
        )}
        <textarea
          data-testid="composer"
          rows={1}
          aria-label={words.placeholder}
          placeholder={words.placeholder}
          value={text}
          onInput={(e) => setText(e.currentTarget.value)}
          onKeyDown={(e) => {
            if (e.key === "Enter" && !e.shiftKey && !e.isComposing) {
              e.preventDefault();
              void send();
            }
          }}
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
