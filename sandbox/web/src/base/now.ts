import { useEffect, useState } from "preact/hooks";

// useNow is the sandbox's time, which runs on between what the sandbox tells of it.
export function useNow(ahead: number): number {
  const [machine, setMachine] = useState(Date.now);
  useEffect(() => {
    setMachine(Date.now());
    const timer = setInterval(() => setMachine(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [ahead]);
  return machine + ahead;
}
