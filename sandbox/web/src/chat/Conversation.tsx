import { Fragment } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

import { usePage } from "../base/context";
import { dateOf, weekdayOf } from "../base/time";
import type { Action, Chat, Message } from "../base/types";
import type { Line } from "./history";
import { Ideas } from "./Ideas";
import { MessageView } from "./MessageView";

interface Props {
  chat: Chat;
  lines: Line[];
  messages: Message[];
  me: string;
  bot: string;
  click: (message: Message, action: Action) => Promise<boolean>;
  say: (text: string) => Promise<boolean>;
}

const nobody: string[] = [];

// How far above the end still counts as its end, in pixels.
const near = 80;

// Conversation shows a chat. It stays at the end when something new comes while its end is in view, and where it is when
// a card is edited above.
export function Conversation({ chat, lines, messages, me, bot, click, say }: Props) {
  const { lang, words } = usePage();
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const last = lines.at(-1);
  const newest = last?.message?.message_id ?? last?.notice?.key;
  useLayoutEffect(() => {
    atEnd.current = true;
  }, [chat.chat_id]);
  useLayoutEffect(() => {
    const box = list.current;
    if (box && (atEnd.current || last?.message?.sender_id === me)) {
      box.scrollTop = box.scrollHeight;
    }
  }, [chat.chat_id, newest]);
  const scrolled = useFollow(list, atEnd);
  const byID = new Map(messages.map((m) => [m.message_id, m]));
  return (
    <div
      ref={list}
      class="conversation"
      data-testid="conversation"
      onScroll={scrolled}
    >
      {lines.length === 0 && (
        <div class="conversation-empty">
          <p>{words.empty}</p>
          <Ideas say={say} />
        </div>
      )}
      {lines.map((line, i) => (
        <Fragment key={line.message?.message_id ?? line.notice?.key}>
          {dayOf(lines[i - 1]) !== dayOf(line) && (
            <div class="day-line">
              {dayOf(line)} {weekdayOf(instantOf(line), lang)}
            </div>
          )}
          {line.message ? (
            <MessageView
              message={line.message}
              parent={chat.chat_mode !== "p2p" ? byID.get(line.message.parent_id ?? "") : undefined}
              bot={bot}
              mine={line.message.sender_id === me}
              members={chat.members ?? nobody}
              click={click}
            />
          ) : (
            <div class="notice" role="alert" data-testid="notice">
              {line.notice.text}
            </div>
          )}
        </Fragment>
      ))}
    </div>
  );
}

const instantOf = (l: Line) => Date.parse(l.message ? l.message.created_at : l.notice.at);

const dayOf = (l: Line | undefined) => l && dateOf(instantOf(l));

// useFollow keeps the end in view when what is shown grows by itself, such as a chart that is drawn late. It returns what
// to do when the list is scrolled: what has grown since is not the person's doing, and does not leave the end.
function useFollow(list: { current: HTMLDivElement | null }, atEnd: { current: boolean }) {
  const height = useRef(0);
  useLayoutEffect(() => {
    const box = list.current;
    if (!box) {
      return;
    }
    const follow = () => {
      height.current = box.scrollHeight;
      if (atEnd.current) {
        box.scrollTop = box.scrollHeight;
      }
    };
    const sizes = new ResizeObserver(follow);
    const children = new MutationObserver(() => {
      sizes.disconnect();
      [box, ...box.children].forEach((child) => sizes.observe(child));
    });
    children.observe(box, { childList: true });
    [box, ...box.children].forEach((child) => sizes.observe(child));
    return () => {
      children.disconnect();
      sizes.disconnect();
    };
  }, []);
  return () => {
    const box = list.current;
    if (box && box.scrollHeight === height.current) {
      atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < near;
    }
  };
}
