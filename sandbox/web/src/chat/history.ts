import { textOf } from "../base/context";
import type { Lang } from "../base/prefs";
import type { Call, Json, Mention, Message, Notice } from "../base/types";
import type { Words } from "../base/words";

// Line is what stands in a conversation: a message, or a notice of the sandbox.
export type Line = { message: Message; notice?: undefined } | { notice: Notice; message?: undefined };

// lines puts a chat's messages and notices in the order of their times.
export function lines(chatID: string, messages: Message[], notices: Notice[]): Line[] {
  const said: Line[] = messages.filter((m) => m.chat_id === chatID && !m.deleted).map((message) => ({ message }));
  const noticed: Line[] = notices.filter((n) => n.chat_id === chatID).map((notice) => ({ notice }));
  return [...said, ...noticed].sort((a, b) => timeOfLine(a) - timeOfLine(b));
}

const timeOfLine = (l: Line) => Date.parse(l.message ? l.message.created_at : l.notice.at);

// refusals makes notices of the calls by which the bot tried to say something and was refused.
export function refusals(calls: Call[], words: Words): Notice[] {
  return calls
    .filter((c) => c.chat_id && c.code !== 0 && /^(message\.(create|reply|patch)|ephemeral\.send)$/.test(c.endpoint))
    .map((c) => ({ key: c.log_id, chat_id: c.chat_id ?? "", at: c.at, text: refusal(c, words) }));
}

function refusal(c: Call, words: Words): string {
  const says = c.says ?? "";
  const detail = /ErrCode: (\d+)/.exec(says)?.[1];
  if (c.code !== 230099 || !detail) {
    return words.refusedMessage(String(c.code), says);
  }
  const why = [/ErrMsg: ([^;]*)/, /ErrPath: ([^;]*)/, /ErrorValue: ([^;]*)/].map((part) => part.exec(says)?.[1]?.trim());
  return words.refusedCard(detail, why.filter(Boolean).join("; "));
}

// textOfMessage reads a text or a post; the placeholder of a mention becomes the name of who is mentioned.
export const textOfMessage = (m: Message, bot: string): string =>
  partsOf(m, bot, "").map((part) => (typeof part === "string" ? part : `@${part.name}`)).join("");

// partsOf splits a text or a post at its mentions. A message of another kind, such as a sticker, has otherwise for its text.
export function partsOf(m: Message, bot: string, otherwise: string): (string | Mention)[] {
  const text = rawText(m, otherwise);
  return text.split(/(@_user_\d+)/).map((part) => {
    const listed = m.mentions?.find((x) => x.key === part);
    if (listed) {
      return listed.bot ? { ...listed, name: bot } : listed;
    }
    return part === "@_user_1" ? `@${bot}` : part;
  });
}

function rawText(m: Message, otherwise: string): string {
  try {
    const content = JSON.parse(m.content);
    switch (m.msg_type) {
      case "text":
        return String(content.text ?? "");
      case "post":
        return textOfPost(content);
    }
    return otherwise;
  } catch {
    return m.content;
  }
}

// preview is what the list of chats shows of a message: a card's summary, or else its title.
export function preview(m: Message, bot: string, lang: Lang): string {
  if (m.msg_type !== "interactive") {
    return textOfMessage(m, bot);
  }
  try {
    const card = JSON.parse(m.content) as Json;
    return textOf(card.config?.summary, lang) || textOf(card.header?.title, lang);
  } catch {
    return "";
  }
}

// newestOf gives each chat's newest message.
export function newestOf(messages: Message[]): Map<string, Message> {
  return new Map(messages.filter((m) => !m.recalled && !m.deleted).map((m) => [m.chat_id, m]));
}

interface Post {
  title?: string;
  content?: { tag: string; text?: string; user_name?: string }[][];
}

function textOfPost(content: Record<string, Post> & Post): string {
  const post = content.content ? content : (Object.values(content)[0] as Post);
  const paragraphs = (post.content ?? []).map((p) => p.map((part) => part.text ?? part.user_name ?? "").join(""));
  return [post.title, ...paragraphs].filter(Boolean).join("\n");
}
