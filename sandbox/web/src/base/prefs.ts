import { useEffect, useState } from "preact/hooks";

export type Lang = "zh" | "en";
export type Theme = "light" | "dark";

// usePref keeps a choice in the browser. Where a browser keeps nothing, the choice lasts as long as the page.
export function usePref<T extends string>(name: string, otherwise: T, allowed: readonly T[]) {
  const [value, setValue] = useState<T>(() => {
    const kept = read(name) as T | null;
    return kept && allowed.includes(kept) ? kept : otherwise;
  });
  const choose = (next: T) => {
    setValue(next);
    try {
      localStorage.setItem(name, next);
    } catch {
      // it is not kept, no more
    }
  };
  return [value, choose] as const;
}

function read(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

// useSystemTheme follows what the system prefers.
export function useSystemTheme(): Theme {
  const [dark, setDark] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
  useEffect(() => {
    const query = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => setDark(query.matches);
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, []);
  return dark ? "dark" : "light";
}

export function browserLang(): Lang {
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}
