import { usePage } from "../base/context";

// Ideas are things to ask the bot; a click sends one.
export function Ideas({ say, done }: { say: (text: string) => Promise<boolean>; done?: () => void }) {
  const { words } = usePage();
  return (
    <div class="ideas" data-testid="ideas">
      {words.ideaLines.map((line) => (
        <button
          key={line}
          type="button"
          class="idea"
          onClick={() => {
            void say(line);
            done?.();
          }}
        >
          {line}
        </button>
      ))}
    </div>
  );
}
