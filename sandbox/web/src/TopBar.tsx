import { usePage } from "./base/context";
import { Drawing } from "./card/Icon";

interface Props {
  bot: string;
  phone: boolean;
  flipLang: () => void;
  flipTheme: () => void;
  flipPhone: () => void;
  flipChats: () => void;
  flipPanel: () => void;
}

export function TopBar(props: Props) {
  const { words, theme } = usePage();
  return (
    <header class="top">
      <button type="button" class="btn btn--text btn--small only-narrow" data-testid="chats-drawer" onClick={props.flipChats}>
        {words.chats}
      </button>
      <span class="top-title">
        <span class="top-mark">
          <Drawing name="chart" size={14} />
        </span>
        {words.title}
        {props.bot && <span class="top-bot"> · {props.bot}</span>}
      </span>
      <span class="top-buttons">
        <button type="button" class="btn btn--text btn--small only-wide" data-testid="phone" aria-pressed={props.phone} onClick={props.flipPhone}>
          {words.phone}
        </button>
        <button type="button" class="btn btn--text btn--small" data-testid="theme" onClick={props.flipTheme}>
          {theme === "dark" ? words.light : words.dark}
        </button>
        <button type="button" class="btn btn--text btn--small" data-testid="lang" onClick={props.flipLang}>
          {words.otherLanguage}
        </button>
        <button type="button" class="btn btn--text btn--small" data-testid="panel-drawer" onClick={props.flipPanel}>
          {words.panel}
        </button>
      </span>
    </header>
  );
}
