/** What is told of one message in a queue: where it stands and what it waits for. */
import { decodeProperties, FieldNumber, type FieldTable } from './content/index.js';
import type { FoundMessage, MessageHolder, MessageState } from './administration-face.js';
import type { MessageView } from './face.js';
import { EntryState, pageEntries, type Page } from './page.js';
import { afterKeysOf, type MissingRecords } from './missing-records.js';
import { placeInLine } from './place-in-line.js';
import type { Queue } from './queue.js';
import type { RecordWait } from './records/record-waits.js';

/** Records that a held message names. */
const namedMax = 100;

/** What is asked to tell what a message waits for. */
export interface StateQuestions {
  readonly holderOf: (queue: Queue, position: number) => MessageHolder | undefined;
  readonly missing: MissingRecords;
}

/** The message at a live position, with its key as a text; `view` shows it. */
export function describeMessage(
  queue: Queue,
  position: number,
  view: MessageView,
  asks: StateQuestions,
): FoundMessage & { readonly key: string | undefined } {
  const page = queue.backlog.pageOf(position)!;
  const slot = position % pageEntries;
  const { messageId, headers } = decodeProperties(
    view.propertiesBuffer,
    view.propertiesStart,
    view.propertiesEnd,
  );
  const expiryMs = page.expiry?.[slot] ?? 0;
  return {
    position,
    messageId,
    key: keyOf(headers),
    state: stateOf(queue, position, page, headers, asks),
    redelivered: page.isRedelivered(slot),
    deliveryCount: page.deliveryCount(slot),
    arrivalMs: view.arrivalMs,
    expiresMs: expiryMs === 0 ? undefined : expiryMs,
  };
}

function stateOf(
  queue: Queue,
  position: number,
  page: Page,
  headers: FieldTable | undefined,
  { holderOf, missing }: StateQuestions,
): MessageState {
  const slot = position % pageEntries;
  switch (page.state(slot)) {
    case EntryState.gated:
      return gatedState(position, queue.keys.firstOf(page, slot));
    case EntryState.delayed:
      return { kind: 'delayed', dueMs: page.due?.[slot] ?? 0 };
    case EntryState.held:
      return heldState(queue.held.get(position), headers, missing);
    case EntryState.unacknowledged:
      return { kind: 'unacknowledged', holder: holderOf(queue, position) };
    case EntryState.moving:
      return { kind: 'moving' };
    case EntryState.ready:
    case EntryState.gone:
      return { kind: 'ready', ...placeInLine(queue, position) };
  }
}

/** The first message of a key is only held back by a limit. */
function gatedState(position: number, first: number): MessageState {
  return first === position ? { kind: 'limited' } : { kind: 'gated', behind: first };
}

function heldState(
  wait: RecordWait | undefined,
  headers: FieldTable | undefined,
  missing: MissingRecords,
): MessageState {
  const records: string[] = [];
  for (const key of afterKeysOf(headers?.get('x-after'))) {
    const { low, high, check } = missing.hash(key);
    if (wait?.awaits(low, high, check) === true) records.push(key);
    if (records.length === namedMax) break;
  }
  return { kind: 'held', missing: wait?.missing ?? 0, records };
}

function keyOf(headers: FieldTable | undefined): string | undefined {
  const key = headers?.get('x-key');
  if (key instanceof FieldNumber) return String(key.value);
  return typeof key === 'string' ? key : undefined;
}
