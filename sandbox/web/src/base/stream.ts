import { useEffect, useState } from "preact/hooks";

import type { Frame } from "./types";
import { emptyView, merge, type View } from "./view";

// useView follows the sandbox. A connection that breaks is made again by the browser, and everything is told anew; a
// sandbox that was started anew has other messages, so what was known is forgotten then.
export function useView(): View {
  const [view, setView] = useState(emptyView);
  useEffect(() => {
    const source = new EventSource("/sandbox/stream");
    let fresh = true;
    source.onopen = () => {
      fresh = true;
    };
    source.onmessage = (e) => {
      const frame = JSON.parse(e.data) as Frame;
      const first = fresh;
      fresh = false;
      setView((known) => merge(first ? emptyView : known, frame, Date.now()));
    };
    source.onerror = () => setView((known) => ({ ...known, connected: false }));
    return () => source.close();
  }, []);
  return view;
}
