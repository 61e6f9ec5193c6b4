/** What a silence of an incident may match. Invariant: a name is matched as it stands, whatever characters are in it. */
import type { Alert } from './answers.ts';

export type Reach = 'object' | 'rule-and-object' | 'rule';

/** A text of a silence that matches this text alone: not as a glob, nor as a regular expression. */
export function exactly(text: string): string {
  const isPattern = /[*?]/.test(text) || (text.length > 2 && text.startsWith('/') && text.endsWith('/'));
  return isPattern ? `/${text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}/` : text;
}

/** What to match, for an alert. Empty labels match nothing that could be told apart, and are left out. */
export function matchOf(
  { rule, subject }: Pick<Alert, 'rule' | 'subject'>,
  reach: Reach,
): Record<string, string> {
  const object = Object.fromEntries(
    Object.entries(subject.labels).flatMap(([label, value]) =>
      value === '' ? [] : [[label, exactly(value)]],
    ),
  );
  if (reach === 'rule') return { rule };
  const whole = { kind: subject.kind, ...object };
  return reach === 'object' ? whole : { rule, ...whole };
}

/** As the command line takes it: `--match queue='orders.*'`, one for each. */
export function matchWords(match: Readonly<Record<string, string>>): string[] {
  return Object.entries(match).flatMap(([name, value]) => ['--match', `${name}=${value}`]);
}
