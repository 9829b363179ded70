import type { Action, Clicked } from "./types";

// The sandbox's control API. What it refuses is thrown, in its own words.

async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(path, {
    method,
    headers: { "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(answer.error ?? `HTTP ${response.status}`);
  }
  return answer as T;
}

interface Delivery {
  taken: boolean;
  attempts: { status: number }[] | null;
}

export const say = (chat: string, person: string, text: string) =>
  call<Delivery>("POST", "/sandbox/say", { chat, person, text });

export const click = (messageID: string, person: string, action: Action) =>
  call<Clicked>("POST", "/sandbox/click", { message_id: messageID, person, action });

export const enter = (person: string) => call<Delivery>("POST", "/sandbox/enter", { person });

export const pressMenu = (person: string, key: string) => call<Delivery>("POST", "/sandbox/menu", { person, key });

export const moveBot = (chat: string, person: string, inside: boolean) =>
  call<Delivery>("POST", "/sandbox/bot", { chat, person, inside });

export const disband = (chat: string, person: string) => call<Delivery>("POST", "/sandbox/disband", { chat, person });

// advance moves the clock on; events that fall due on the way are sent again.
export const advance = (seconds: number) => call<object>("POST", "/sandbox/clock", { advance: `${seconds}s` });

export const setTrouble = (name: string, on: boolean) => call<object>("POST", "/sandbox/trouble", { name, on });

export const clearTroubles = () => call<object>("DELETE", "/sandbox/trouble");
