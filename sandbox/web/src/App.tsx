import { useEffect, useMemo, useState } from "preact/hooks";

import { PageContext } from "./base/context";
import { browserLang, type Lang, type Theme, usePref, useSystemTheme } from "./base/prefs";
import { useView } from "./base/stream";
import { wordsOf } from "./base/words";
import { Confirm, useConfirm } from "./chat/Confirm";
import { Toasts, useToasts } from "./chat/Toasts";
import { Client } from "./Client";
import { Gallery } from "./gallery/Gallery";
import { TopBar } from "./TopBar";

// App holds what the whole page shares: language, looks, notices, and what the sandbox tells.
export function App() {
  const view = useView();
  const system = useSystemTheme();
  const [lang, setLang] = usePref<Lang>("lang", browserLang(), ["zh", "en"]);
  const [chosen, setTheme] = usePref<Theme | "auto">("theme", "auto", ["auto", "light", "dark"]);
  const [phone, setPhone] = usePref<"yes" | "no">("phone", "no", ["yes", "no"]);
  const [drawer, setDrawer] = useState<"chats" | "panel" | null>(null);
  const [panel, setPanel] = usePref<"yes" | "no">("panel", "yes", ["yes", "no"]);
  const { toasts, toast } = useToasts();
  const { question, confirm } = useConfirm();
  const theme = chosen === "auto" ? system : chosen;
  const words = wordsOf(lang);
  const people = view.state.people;
  useEffect(() => {
    document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
    document.documentElement.dataset.theme = theme;
    document.title = words.title;
  }, [lang, theme]);
  const page = useMemo(
    () => ({ lang, theme, words, people, toast, confirm }),
    [lang, theme, people, toast, confirm],
  );
  return (
    <PageContext.Provider value={page}>
      <div class={`app${phone === "yes" ? " app--phone" : ""}${panel === "yes" ? "" : " app--wide"}`} data-drawer={drawer}>
        <TopBar
          bot={lang === "en" && view.state.bot_name_en ? view.state.bot_name_en : view.state.bot_name}
          phone={phone === "yes"}
          flipLang={() => setLang(lang === "zh" ? "en" : "zh")}
          flipTheme={() => setTheme(theme === "dark" ? "light" : "dark")}
          flipPhone={() => setPhone(phone === "yes" ? "no" : "yes")}
          flipChats={() => setDrawer(drawer === "chats" ? null : "chats")}
          flipPanel={() =>
            narrow() ? setDrawer(drawer === "panel" ? null : "panel") : setPanel(panel === "yes" ? "no" : "yes")
          }
        />
        {location.hash === "#gallery" ? <Gallery /> : <Client view={view} closeDrawer={() => setDrawer(null)} />}
      </div>
      <Toasts toasts={toasts} />
      <Confirm question={question} words={words} />
    </PageContext.Provider>
  );
}

// narrow is where the panel is a drawer: see layout.css.
const narrow = () => matchMedia("(max-width: 1000px)").matches;
