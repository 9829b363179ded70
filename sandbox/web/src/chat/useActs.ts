import { useCallback, useRef, useState } from "preact/hooks";

import * as api from "../base/api";
import { locale, usePage } from "../base/context";
import type { Action, Chat, Clicked, Message, Notice } from "../base/types";

// useActs is what a person does in a chat, and what the client shows of how it went.
export function useActs(chat: Chat | undefined, me: string) {
  const { lang, words, toast } = usePage();
  const [notices, setNotices] = useState<Notice[]>([]);
  const serial = useRef(0);

  const attempt = async (what: Promise<{ taken: boolean; attempts: { status: number }[] | null }>): Promise<boolean> => {
    try {
      const delivery = await what;
      if (!delivery.taken) {
        toast("error", words.notTaken(delivery.attempts?.at(-1)?.status ?? 0));
      }
      return true;
    } catch (e) {
      toast("error", (e as Error).message);
      return false;
    }
  };
  const say = (text: string) => attempt(api.say(chat?.chat_id ?? "", me, text));
  const menu = (key: string) => void attempt(api.pressMenu(me, key));

  const show = (message: Message, seen: Clicked) => {
    if (seen.error) {
      toast("error", words.failed(seen.error));
    }
    if (seen.flaw) {
      const text = words.cannotShow(seen.error ?? 0, seen.flaw);
      const notice = { key: `flaw ${++serial.current}`, chat_id: message.chat_id, at: message.created_at, text };
      setNotices((all) => [...all, notice]);
    }
    const said = seen.toast_i18n?.[locale(lang)] ?? seen.toast;
    if (said) {
      toast(seen.toast_type ?? "info", said);
    }
  };
  const click = useCallback(
    async (message: Message, action: Action) => {
      try {
        const seen = await api.click(message.message_id, me, action);
        show(message, seen);
        return !seen.error && seen.toast_type !== "error";
      } catch (e) {
        toast("error", (e as Error).message);
        return false;
      }
    },
    [me, lang],
  );
  return { notices, say, menu, click };
}
