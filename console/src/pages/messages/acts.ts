/** What is done to messages: request after request, with word of how far it is. Invariant: a stopped act loses nothing. */
import { api, Refusal } from '../../server/api.ts';
import type { MoveAnswer } from './answers.ts';
import { isPositions, type Where } from './filter.ts';

/** Messages by their positions, or those that a filter finds. */
export type Chosen = Where | readonly number[];

interface MoveOptions {
  /** Of the queue in the API. */
  readonly path: string;
  readonly to: string;
  readonly what: Chosen;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly onprogress: (moved: number) => void;
}

export interface Moved {
  readonly moved: number;
  readonly active: number;
  readonly isFull: boolean;
  /** The position before which it ends: what came in later is not meant. */
  readonly until: number;
}

/** Positions of one request. */
const positionsMax = 1_000;

/** Moves messages, or counts those that would go. `until`: as a dry run gave it. */
export async function moveMessages(options: MoveOptions, until?: number): Promise<Moved> {
  const { what } = options;
  if (!isPositions(what)) return moveAll(options, { where: what }, until);
  const sum = { moved: 0, active: 0, isFull: false, until: 0 };
  for (let at = 0; at < what.length && !sum.isFull; at += positionsMax) {
    const positions = what.slice(at, at + positionsMax);
    const onprogress = (moved: number): void => {
      options.onprogress(sum.moved + moved);
    };
    const part = await moveAll({ ...options, onprogress }, { positions });
    sum.moved += part.moved;
    sum.active += part.active;
    sum.isFull = part.isFull;
  }
  return sum;
}

async function moveAll(
  { path, to, dryRun, signal, onprogress }: MoveOptions,
  what: { readonly where: Where } | { readonly positions: readonly number[] },
  givenUntil?: number,
): Promise<Moved> {
  let [moved, active, from, until] = [0, 0, 0, givenUntil];
  for (;;) {
    const body = { to, dryRun, ...what, from, ...(until === undefined ? {} : { until }) };
    const answer = await api.ask<MoveAnswer>(`${path}/move`, { method: 'POST', body, signal });
    moved += answer.moved;
    active += answer.active;
    until = givenUntil ?? answer.until;
    onprogress(moved);
    if (answer.next === undefined || answer.isFull || 'positions' in what)
      return { moved, active, isFull: answer.isFull, until };
    from = answer.next;
  }
}

/** Does something to one message after the other; gives those to which it was done. */
export async function eachMessage(
  positions: readonly number[],
  act: (position: number) => Promise<{ readonly outcome: string }>,
  onprogress: (done: number) => void,
): Promise<Set<number>> {
  const done = new Set<number>();
  for (const position of positions) {
    const { outcome } = await act(position).catch((error: unknown) => {
      if (error instanceof Refusal && error.status === 404) return { outcome: 'absent' };
      throw error;
    });
    if (outcome === 'removed' || outcome === 'moved') done.add(position);
    onprogress(done.size);
  }
  return done;
}
