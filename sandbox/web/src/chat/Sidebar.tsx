import { usePage } from "../base/context";
import type { Chat, Message, Person } from "../base/types";
import { Drawing } from "../card/Icon";
import { Avatar } from "../card/Person";
import { preview } from "./history";

interface Props {
  chats: Chat[];
  bot: string;
  chatID: string;
  me: string;
  unread: Map<string, number>;
  newest: Map<string, Message>; // by chat
  open: (chat: Chat) => void;
  writeAs: (person: Person) => void;
}

// Sidebar lists the chats and the people whom one may write as.
export function Sidebar(props: Props) {
  const { words } = usePage();
  const groups = props.chats.filter((c) => c.chat_mode !== "p2p");
  const singles = props.chats.filter((c) => c.chat_mode === "p2p");
  return (
    <nav class="sidebar" aria-label={words.chats}>
      <People {...props} />
      <h2 class="caption">{words.groups}</h2>
      {groups.map((c) => (
        <Entry key={c.chat_id} {...props} chat={c} title={c.name} />
      ))}
      <h2 class="caption">{words.singles}</h2>
      {singles.map((c) => (
        <Entry key={c.chat_id} {...props} chat={c} title={words.singleOf(c.name)} />
      ))}
    </nav>
  );
}

function People({ me, writeAs, chats, chatID }: Props) {
  const { words, people } = usePage();
  const chat = chats.find((c) => c.chat_id === chatID);
  return (
    <>
      <h2 class="caption">{words.writeAs}</h2>
      <div class="people" role="radiogroup" aria-label={words.writeAs} data-testid="people">
        {people.map((p) => (
          <button
            key={p.open_id}
            type="button"
            role="radio"
            class="person-pick"
            data-person-id={p.open_id}
            aria-checked={p.open_id === me}
            title={p.open_id}
            onClick={() => writeAs(p)}
          >
            <Avatar name={p.name} />
            <span>{p.name}</span>
            {chat && chat.chat_mode !== "p2p" && <span class="hint">{words[roleIn(chat, p.open_id)]}</span>}
          </button>
        ))}
      </div>
    </>
  );
}

// roleIn is a person's office in a group: what one may ask of the bot there depends on it.
function roleIn(chat: Chat, openID: string): "owner" | "manager" | "member" {
  if (chat.owner_id === openID) {
    return "owner";
  }
  return chat.user_manager_id_list?.includes(openID) ? "manager" : "member";
}

function Entry({ chat, title, bot, chatID, unread, newest, open }: Props & { chat: Chat; title: string }) {
  const { lang, words } = usePage();
  const last = newest.get(chat.chat_id);
  const quiet = chat.chat_mode === "p2p" ? bot : words.members(chat.members?.length ?? 0);
  const count = unread.get(chat.chat_id) ?? 0;
  return (
    <button
      type="button"
      class="chat-entry"
      data-chat-id={chat.chat_id}
      data-chat-mode={chat.chat_mode}
      aria-current={chat.chat_id === chatID}
      onClick={() => open(chat)}
    >
      {chat.chat_mode === "p2p" ? <BotAvatar /> : <Avatar name={chat.name} />}
      <span class="chat-entry-text">
        <span class="chat-entry-title">{title}</span>
        <span class="chat-entry-below">{last ? preview(last, bot, lang) : quiet}</span>
      </span>
      {count > 0 && (
        <span class="badge" data-testid="unread">
          {count}
        </span>
      )}
    </button>
  );
}

export function BotAvatar() {
  return (
    <span class="avatar avatar--medium avatar--bot" aria-hidden="true">
      <Drawing name="chart" size={18} />
    </span>
  );
}
