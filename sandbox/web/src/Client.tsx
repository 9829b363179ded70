import { useEffect, useMemo, useState } from "preact/hooks";

import { usePage } from "./base/context";
import { useNow } from "./base/now";
import type { Message } from "./base/types";
import type { View } from "./base/view";
import { Composer } from "./chat/Composer";
import { Conversation } from "./chat/Conversation";
import { lines, newestOf, refusals } from "./chat/history";
import { Sidebar } from "./chat/Sidebar";
import { useActs } from "./chat/useActs";
import { usePlace } from "./chat/usePlace";
import { Panel } from "./panel/Panel";

// Client stands in for the platform's client, with the sandbox's panel beside it.
export function Client({ view, closeDrawer }: { view: View; closeDrawer: () => void }) {
  const { lang, words } = usePage();
  const { state, calls } = view;
  const { chat, me, open, writeAs } = usePlace(state, closeDrawer);
  const messages = useMemo(() => view.messages.filter((m) => !m.visible_to || m.visible_to === me), [view.messages, me]);
  const { notices, say, menu, click } = useActs(chat, me);
  const now = useNow(view.ahead);
  const refused = useMemo(() => refusals(calls, words), [calls, words]);
  const shown = useMemo(
    () => lines(chat?.chat_id ?? "", messages, [...refused, ...notices]),
    [chat?.chat_id, messages, refused, notices],
  );
  const newest = useMemo(() => newestOf(messages), [messages]);
  const unread = useUnread(messages, chat?.chat_id);
  const bot = lang === "en" && state.bot_name_en ? state.bot_name_en : state.bot_name;
  return (
    <>
      <Sidebar
        chats={state.chats}
        bot={bot}
        chatID={chat?.chat_id ?? ""}
        me={me}
        unread={unread}
        newest={newest}
        open={open}
        writeAs={writeAs}
      />
      <main class="main">
        {!view.connected && <div class="offline">{words.offline}</div>}
        {chat && (
          <div class="frame">
            <div class="chat-head">
              <h1 data-testid="chat-name">{chat.chat_mode === "p2p" ? bot : chat.name}</h1>
              <span class="hint">
                {chat.chat_mode === "p2p" ? words.singleOf(chat.name) : words.members(chat.members?.length ?? 0)}
              </span>
              {!chat.bot_inside && <span class="tag tag--red">{words.botGone}</span>}
            </div>
            <Conversation chat={chat} lines={shown} messages={messages} me={me} bot={bot} click={click} say={say} />
            <Composer key={chat.chat_id} chat={chat} bot={bot} say={say} menu={menu} />
          </div>
        )}
      </main>
      <div class="drawer-veil" onClick={closeDrawer} />
      <Panel view={view} now={now} chat={chat} me={me} />
    </>
  );
}

// useUnread counts what the bot wrote into chats since they were last looked at.
function useUnread(messages: Message[], chatID: string | undefined): Map<string, number> {
  const [seen, setSeen] = useState<ReadonlyMap<string, number>>(new Map());
  const written = new Map<string, number>();
  for (const m of messages.filter((m) => m.by_bot)) {
    written.set(m.chat_id, (written.get(m.chat_id) ?? 0) + 1);
  }
  const here = written.get(chatID ?? "") ?? 0;
  useEffect(() => {
    if (chatID) {
      setSeen((before) => new Map(before).set(chatID, here));
    }
  }, [chatID, here]);
  return new Map([...written].map(([id, count]) => [id, id === chatID ? 0 : count - (seen.get(id) ?? 0)]));
}
