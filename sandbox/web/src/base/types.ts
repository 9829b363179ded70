// What the sandbox tells, as its Go types write it.

export interface Person {
  open_id: string;
  name: string;
}

export interface Chat {
  chat_id: string;
  name: string;
  chat_mode: "group" | "topic" | "p2p";
  owner_id: string;
  user_manager_id_list: string[] | null;
  members: string[] | null;
  bot_inside: boolean;
  chat_status: string;
}

export interface Message {
  message_id: string;
  chat_id: string;
  msg_type: string; // text, post, interactive, sticker, …
  content: string;
  sender_id: string;
  by_bot: boolean;
  parent_id?: string;
  created_at: string;
  updated_at: string;
  visible_to?: string; // the only person who sees it
  mentions?: Mention[];
  recalled?: boolean;
  deleted?: boolean;
}

export interface Mention {
  key: string;
  open_id: string;
  name: string;
  bot?: boolean;
}

export interface Call {
  place: number;
  at: string;
  endpoint: string;
  method: string;
  path: string;
  status: number;
  code: number;
  log_id: string;
  says?: string;
  chat_id?: string;
}

export interface Trouble {
  name: string;
  on: boolean;
}

export interface State {
  bot_id: string;
  bot_name: string;
  bot_name_en: string;
  people: Person[];
  chats: Chat[];
  newest: string;
  troubles: Trouble[];
}

// Frame is what the stream tells at once: everything at first, then what has changed.
export interface Frame {
  now: string;
  state?: State;
  messages?: Message[];
  calls?: Call[];
}

// Action is what a control of a card sends to the bot.
export interface Action {
  tag: string;
  name?: string;
  value?: object;
  option?: string;
  options?: string[];
  form_value?: Record<string, unknown>;
  input_value?: string;
  checked?: boolean;
  timezone?: string;
}

// Clicked is what a person sees after a click.
export interface Clicked {
  status: number;
  error?: number;
  toast_type?: ToastType;
  toast?: string;
  toast_i18n?: Record<string, string>;
  card?: string;
  flaw?: string;
}

export type ToastType = "info" | "success" | "error" | "warning";

// Notice is a line of the sandbox in a conversation: something was refused.
export interface Notice {
  key: string;
  chat_id: string;
  at: string;
  text: string;
}

// Json is an object of a card. Cards are whatever the bot sends, and the sandbox has held them to its tables already.
export type Json = Record<string, any>;
