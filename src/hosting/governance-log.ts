/** What governance tells of itself: lines of a server's log, or events of a program's. */

/** An event's stable code, what it says to people, and its facts. */
export type GovernanceLog = (
  level: 'info' | 'warn',
  event: string,
  message: string,
  facts: Readonly<Record<string, unknown>>,
) => void;

/** Tells problems under one code. */
export function problemsInto(
  log: GovernanceLog,
  event: string,
  message: string,
): (problem: string, facts?: Readonly<Record<string, unknown>>) => void {
  return (problem, facts = {}) => {
    log('warn', event, message, { ...facts, problem });
  };
}
