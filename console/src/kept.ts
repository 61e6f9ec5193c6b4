/** What the browser keeps of a person's choices: language and theme, and nothing else. */
type Choice = 'language' | 'theme';

/** The choice, if it is one that there is. */
export function kept<const Value extends string>(
  choice: Choice,
  values: readonly Value[],
): Value | undefined {
  try {
    const value = localStorage.getItem(`sluice.${choice}`);
    return values.find((each) => each === value);
  } catch {
    // A browser may forbid it.
    return undefined;
  }
}

export function keep(choice: Choice, value: string): void {
  try {
    localStorage.setItem(`sluice.${choice}`, value);
  } catch {
    // Then it holds for this visit.
  }
}
