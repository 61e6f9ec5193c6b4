/**
 * Moves messages of a queue together. Invariant: those that go at once are one atomic group with the records that tell
 * of them, so that a crash keeps all of it or none; between two groups everybody else has a turn.
 */
import type { Party } from './custody/party.js';
import type { MessageReader } from './message-reader.js';
import { EntryState } from './page.js';
import type { Queue } from './queue.js';
import type { RecordPut } from './records/face.js';
import {
  checkRelocation,
  moveNow,
  refusalOf,
  type RelocationParts,
  type RelocationRequest,
} from './relocation.js';
import type { Relocation, RelocationOutcome } from './scan-face.js';

/** What one group may take of a turn, milliseconds. */
const sliceMs = 1;

type Parts = RelocationParts;

/** What is asked for; `puts` makes the records that tell of what became of the messages. */
export interface GroupRequest {
  readonly from: Queue;
  readonly moves: readonly Relocation[];
  readonly targetOf: (name: string) => Queue;
  readonly party: Party | undefined;
  readonly puts: (outcomes: readonly RelocationOutcome[]) => readonly RecordPut[];
}

/**
 * Moves as many of the messages as can go at once, the first of them at least; gives what became of each of those.
 * Throws as `relocate` does, of the first.
 */
export async function relocateTogether(
  core: Parts,
  reader: MessageReader,
  request: GroupRequest,
): Promise<readonly RelocationOutcome[]> {
  const [first] = request.moves;
  if (first === undefined) return [];
  const outcomes = await reader.look(request.from, first.position, () => moveGroup(core, request), true);
  return outcomes ?? ['absent'];
}

/** The first message is in the store's view. */
function moveGroup(core: Parts, request: GroupRequest): readonly RelocationOutcome[] {
  const { recorder, records, state, clock } = core;
  const { from, moves, puts } = request;
  const outcomes: RelocationOutcome[] = [];
  const endMs = clock.monotonic() + sliceMs;
  recorder.flushSettled();
  recorder.atomically(() => {
    for (const move of moves) {
      if (outcomes.length > 0 && (clock.monotonic() > endMs || !isAtHand(core, from, move.position))) break;
      const outcome = moveOne(core, request, move, outcomes.length === 0);
      if (outcome === undefined) break;
      outcomes.push(outcome);
      if (outcome === 'full') break;
    }
    if (!outcomes.includes('moved')) return;
    const vhost = state.vhost(from.vhost);
    for (const put of puts(outcomes)) records.keeper.put(vhost, put);
  });
  return outcomes;
}

/** Whether it is in the store's view now, or gone. */
function isAtHand({ store }: Parts, from: Queue, position: number): boolean {
  return from.backlog.stateAt(position) === EntryState.gone || store.find(from, position, true);
}

/** Undefined: it is left to the next group, whose first it is, to say what stands against it. */
function moveOne(
  core: Parts,
  group: GroupRequest,
  move: Relocation,
  isFirst: boolean,
): RelocationOutcome | undefined {
  let request: RelocationRequest;
  let refusal: RelocationOutcome | undefined;
  try {
    request = requestOf(group, move);
    refusal = refusalOf(core, request, 1);
  } catch (error) {
    if (isFirst) throw error;
    return undefined;
  }
  // Consumers have not had their turn since the others came there.
  if (refusal === 'full' && !isFirst) return undefined;
  return refusal ?? moveNow(core, request);
}

function requestOf({ from, targetOf, party }: GroupRequest, move: Relocation): RelocationRequest {
  const to = targetOf(move.to);
  checkRelocation(from, to);
  return { from, to, position: move.position, party, how: { change: move.change() } };
}
