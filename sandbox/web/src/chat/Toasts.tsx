import { useCallback, useRef, useState } from "preact/hooks";

import type { ToastType } from "../base/types";
import { Drawing } from "../card/Icon";

interface Toast {
  id: number;
  type: ToastType;
  text: string;
}

const shownFor = 3000;

// useToasts shows short notices that go away by themselves.
export function useToasts() {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const serial = useRef(0);
  const toast = useCallback((type: ToastType, text: string) => {
    const id = ++serial.current;
    setToasts((all) => [...all.slice(-3), { id, type, text }]);
    setTimeout(() => setToasts((all) => all.filter((t) => t.id !== id)), shownFor);
  }, []);
  return { toasts, toast };
}

const drawings: Record<ToastType, string> = { info: "info", success: "yes", error: "warning", warning: "warning" };

export function Toasts({ toasts }: { toasts: Toast[] }) {
  return (
    <div class="toasts" aria-live="polite">
      {toasts.map((t) => (
        <div key={t.id} class={`toast toast--${t.type}`} data-testid="toast" data-type={t.type}>
          <Drawing name={drawings[t.type] ?? "info"} />
          <span>{t.text}</span>
        </div>
      ))}
    </div>
  );
}
