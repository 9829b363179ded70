import { clearTroubles, disband, moveBot, setTrouble } from "../base/api";
import { usePage } from "../base/context";
import type { Chat, Trouble } from "../base/types";

interface Props {
  troubles: Trouble[];
  chat: Chat | undefined;
  me: string;
}

// Troubles are switches: each says what it spoils. One that spoils a single message goes off by itself.
export function Troubles({ troubles, chat, me }: Props) {
  const { words, toast, confirm } = usePage();
  const act = (what: Promise<unknown>) => what.catch((e: Error) => toast("error", e.message));
  const dissolve = async (group: Chat) => {
    if (await confirm(words.disband, words.disbandAsk(group.name))) {
      await act(disband(group.chat_id, me));
    }
  };
  return (
    <section class="panel-section">
      <div class="panel-title-row">
        <h2>{words.troubles}</h2>
        <button
          type="button"
          class="btn btn--text btn--small"
          data-testid="clear-troubles"
          disabled={!troubles.some((t) => t.on)}
          onClick={() => void act(clearTroubles())}
        >
          {words.clearAll}
        </button>
      </div>
      {troubles.map((t) => (
        <button
          key={t.name}
          type="button"
          role="switch"
          class="switch"
          data-trouble={t.name}
          aria-checked={t.on}
          onClick={() => void act(setTrouble(t.name, !t.on))}
        >
          <span class="switch-text">
            <b>{words.trouble[t.name]?.[0] ?? t.name}</b>
            <span class="hint">{words.trouble[t.name]?.[1]}</span>
          </span>
          <span class="switch-knob" />
        </button>
      ))}
      {chat && chat.chat_mode !== "p2p" ? (
        <div class="panel-buttons">
          <button
            type="button"
            class="btn btn--default btn--small"
            data-testid="move-bot"
            disabled={chat.chat_status !== "normal"}
            onClick={() => void act(moveBot(chat.chat_id, me, !chat.bot_inside))}
          >
            {chat.bot_inside ? words.removeBot : words.addBot}
          </button>
          <button
            type="button"
            class="btn btn--default btn--small"
            data-testid="disband"
            disabled={chat.chat_status !== "normal"}
            onClick={() => void dissolve(chat)}
          >
            {words.disband}
          </button>
        </div>
      ) : (
        <p class="hint">{words.openGroup}</p>
      )}
    </section>
  );
}
