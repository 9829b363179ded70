import { memo } from "preact/compat";
import { useCallback, useMemo } from "preact/hooks";

import { nameOf, usePage } from "../base/context";
import { dateOf, timeOf } from "../base/time";
import type { Action, Json, Message } from "../base/types";
import { Card } from "../card/Card";
import { Avatar } from "../card/Person";
import { BotAvatar } from "./Sidebar";
import { partsOf, textOfMessage } from "./history";

interface Props {
  message: Message;
  parent?: Message;
  bot: string;
  mine: boolean;
  members: string[];
  click: (message: Message, action: Action) => Promise<boolean>;
}

// MessageView draws one message. It is drawn anew only when the message or who looks at it changes.
export const MessageView = memo(function MessageView({ message, parent, bot, mine, members, click }: Props) {
  const { people, words } = usePage();
  const name = message.by_bot ? bot : nameOf(people, message.sender_id);
  const at = Date.parse(message.created_at);
  return (
    <div
      class={`message${mine ? " message--mine" : ""}`}
      data-message-id={message.message_id}
      data-by-bot={message.by_bot}
      data-updated-at={message.updated_at}
    >
      {message.by_bot ? <BotAvatar /> : <Avatar name={name} />}
      <div class="message-main">
        <div class="message-head">
          <span title={message.by_bot ? undefined : message.sender_id}>{name}</span>
          {message.by_bot && <span class="tag tag--blue tag--small">{words.bot}</span>}
          {message.visible_to && <span class="tag tag--small" data-testid="only-you">{words.onlyYou}</span>}
          <time title={dateOf(at)}>{timeOf(at).slice(0, 5)}</time>
        </div>
        {parent && <Quote parent={parent} bot={bot} />}
        <Body message={message} bot={bot} members={members} click={click} />
      </div>
    </div>
  );
});

function Quote({ parent, bot }: { parent: Message; bot: string }) {
  const { people, words } = usePage();
  const name = parent.by_bot ? bot : nameOf(people, parent.sender_id);
  return (
    <div class="quote">
      {words.reply(name)}
      {parent.msg_type !== "interactive" && `: ${textOfMessage(parent, bot)}`}
    </div>
  );
}

function Body({ message, bot, members, click }: Omit<Props, "mine" | "parent">) {
  const { words } = usePage();
  const card = useMemo(() => cardOf(message), [message.content]);
  const press = useCallback((action: Action) => click(message, action), [message, click]);
  const use = useMemo(() => ({ version: message.updated_at, members, click: press }), [message.updated_at, members, press]);
  if (message.recalled) {
    return <div class="recalled">{words.recalled}</div>;
  }
  if (card) {
    return <Card card={card} use={use} />;
  }
  return <div class="bubble">{partsOf(message, bot, words.message).map((part) => (typeof part === "string" ? part : <Mention {...part} />))}</div>;
}

// Mention shows who is mentioned, with the id when one points at it.
function Mention({ open_id, name }: { open_id: string; name: string }) {
  return (
    <span class="mention" title={open_id}>
      @{name}
    </span>
  );
}

function cardOf(message: Message): Json | null {
  if (message.msg_type !== "interactive") {
    return null;
  }
  try {
    return JSON.parse(message.content) as Json;
  } catch {
    return null;
  }
}
