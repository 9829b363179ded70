import { useCallback, useState } from "preact/hooks";

import type { Words } from "../base/words";

interface Question {
  title: string;
  text: string;
  answer: (yes: boolean) => void;
}

// useConfirm asks before something is done.
export function useConfirm() {
  const [question, setQuestion] = useState<Question | null>(null);
  const confirm = useCallback(
    (title: string, text: string) =>
      new Promise<boolean>((resolve) => {
        setQuestion({
          title,
          text,
          answer: (yes) => {
            setQuestion(null);
            resolve(yes);
          },
        });
      }),
    [],
  );
  return { question, confirm };
}

export function Confirm({ question, words }: { question: Question | null; words: Words }) {
  if (!question) {
    return null;
  }
  return (
    <div class="veil" data-testid="confirm">
      <div class="dialog" role="alertdialog" aria-modal="true" aria-label={question.title}>
        <h2>{question.title}</h2>
        <p>{question.text}</p>
        <div class="dialog-buttons">
          <button type="button" class="btn btn--default btn--medium" data-testid="confirm-cancel" onClick={() => question.answer(false)}>
            {words.cancel}
          </button>
          <button type="button" class="btn btn--primary_filled btn--medium" data-testid="confirm-ok" onClick={() => question.answer(true)}>
            {words.ok}
          </button>
        </div>
      </div>
    </div>
  );
}
