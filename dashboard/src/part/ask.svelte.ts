// Asks before something that cannot be taken back.
export type Question = { title: string; text: string; action: string; danger?: boolean };

/** The question that is asked now, if any. */
export const asked: { question: Question | null } = $state({ question: null });
let answered: ((yes: boolean) => void) | null = null;

/** Asks, and tells whether the answer was yes. Closing the dialog is a no. */
export function ask(question: Question): Promise<boolean> {
  answer(false);
  asked.question = question;
  return new Promise((tell) => {
    answered = tell;
  });
}

/** What the dialog calls. */
export function answer(yes: boolean): void {
  asked.question = null;
  answered?.(yes);
  answered = null;
}
