import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

interface Props {
  anchor: HTMLElement | null;
  close: () => void;
  children: ComponentChildren;
}

// Popover hangs under what opened it, or above where there is no room below. It goes away with a click elsewhere, with
// Escape, and when what lies beneath is scrolled.
export function Popover({ anchor, close, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<JSX.CSSProperties>({ visibility: "hidden" });
  useLayoutEffect(() => {
    if (anchor && box.current) {
      setAt(placed(anchor.getBoundingClientRect(), box.current));
    }
  }, [anchor]);
  useEffect(() => {
    const outside = (e: Event) => {
      const target = e.target as Node;
      if (!box.current?.contains(target) && !anchor?.contains(target)) {
        close();
      }
    };
    const escape = (e: KeyboardEvent) => e.key === "Escape" && close();
    document.addEventListener("pointerdown", outside);
    document.addEventListener("keydown", escape);
    document.addEventListener("scroll", outside, true);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("keydown", escape);
      document.removeEventListener("scroll", outside, true);
    };
  }, [anchor, close]);
  return (
    <div ref={box} class="popover" data-testid="popover" style={at}>
      {children}
    </div>
  );
}

// placed keeps the box within the window.
function placed(under: DOMRect, box: HTMLElement): JSX.CSSProperties {
  const below = window.innerHeight - under.bottom;
  const up = below < box.offsetHeight + 12 && under.top > below;
  return {
    left: `${Math.max(8, Math.min(under.left, window.innerWidth - box.offsetWidth - 8))}px`,
    top: up ? undefined : `${under.bottom + 4}px`,
    bottom: up ? `${window.innerHeight - under.top + 4}px` : undefined,
    minWidth: `${under.width}px`,
    maxHeight: `${Math.max(120, (up ? under.top : below) - 16)}px`,
  };
}
