/**
 * Acts of operators that stand in the audit log: who, from where, what, how many, and whether it was done. Invariant: an
 * act that fails is told too, one that changes nothing is not, and nothing of a message but its queue is told.
 */
import type { AuditEntry, AuditEvent } from '../access/index.js';
import { messageOf } from '../kernel/index.js';
import type { ServerOperation, Services } from './services.js';

/** What became of an act; undefined: nothing was changed, and nothing is told. */
export type Became = { readonly outcome: 'success' | 'failure'; readonly reason?: string } | undefined;

/** How an act is told. */
export interface Telling<Input, Result> {
  readonly event: AuditEvent;
  /** What was acted upon; with the result, where it was done. */
  readonly subject: (input: Input, result: Result | undefined) => string;
  /** False: it only looks. Left out: it always changes something. */
  readonly isAct?: (input: Input) => boolean;
  /** Left out: it was done, and there is no more to tell. */
  readonly became?: (result: Result) => Became;
}

const done: Became = { outcome: 'success' };

/** Does something and writes it to the audit log. */
export async function recorded<Result>(
  { access, actor }: Pick<Services, 'access' | 'actor'>,
  act: { readonly event: AuditEvent; readonly subject: string | ((result: Result | undefined) => string) },
  run: () => Promise<Result>,
  became: (result: Result) => Became = () => done,
): Promise<Result> {
  const { event, subject } = act;
  const entryFor = (to?: Result): Omit<AuditEntry, 'outcome'> => ({
    ...{ event, actor: actor.identity.name, source: actor.source },
    subject: typeof subject === 'string' ? subject : subject(to),
  });
  let result: Result;
  try {
    result = await run();
  } catch (problem) {
    access.audit.record({ ...entryFor(), outcome: 'failure', reason: messageOf(problem) });
    throw problem;
  }
  const told = became(result);
  if (told !== undefined) access.audit.record({ ...entryFor(result), ...told });
  return result;
}

/** An operation whose calls are told. */
export function audited<Input, Result, Event = never, Message = never>(
  { event, subject, isAct, became }: Telling<Input, Result>,
  operation: ServerOperation<Input, Result, Event, Message>,
): ServerOperation<Input, Result, Event, Message> {
  return {
    ...operation,
    run(services, input, call) {
      const run = (): Promise<Result> => operation.run(services, input, call);
      if (isAct?.(input) === false) return run();
      return recorded(services, { event, subject: (result) => subject(input, result) }, run, became);
    },
  };
}

/** A queue as the log names it. */
export function queueSubject({ vhost, queue }: { readonly vhost: string; readonly queue: string }): string {
  return `queue '${queue}' in vhost '${vhost}'`;
}

/** Done to so many messages, perhaps none. */
export function toMessages(count: number): { readonly outcome: 'success'; readonly reason: string } {
  return { outcome: 'success', reason: count === 1 ? '1 message' : `${count} messages` };
}

/** Done, or nothing changed. */
export function ifChanged({ changed }: { readonly changed: boolean }): Became {
  return changed ? done : undefined;
}

/** What became of one message that was named. */
export function toOneMessage({ outcome }: { readonly outcome: string }): Became {
  if (outcome === 'active') return { outcome: 'failure', reason: 'somebody has it' };
  return outcome === 'absent' ? { outcome: 'failure', reason: 'it is not there' } : done;
}
