/** One message's life, from the journal's records and what the broker has now. It shows no body. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import {
  traceMessage,
  type Broker,
  type FoundMessage,
  type MessageTrace,
  type TracedLife,
  type TracePlace,
  type TraceSearch,
} from '../broker/index.js';
import { SluiceError, type Disk } from '../kernel/index.js';
import { givenName, shortText, vhostName } from './inputs.js';
import type { ServerOperation } from './services.js';

/** A place where the message is, and what it does there; `now` absent: it has just gone. */
export interface TracedPlaceNow extends TracePlace {
  readonly now?: Pick<FoundMessage, 'state' | 'redelivered' | 'deliveryCount'>;
}

export interface TracedMessage extends Omit<TracedLife, 'places'> {
  readonly places: readonly TracedPlaceNow[];
}

export interface TraceAnswer extends Omit<MessageTrace, 'lives'> {
  readonly lives: readonly TracedMessage[];
  /** What the records do not tell, in words. */
  readonly unknown: readonly string[];
}

const traceInput = z.strictObject({
  messageId: shortText.min(1).optional().describe('its message-id; of a task: its id'),
  vhost: vhostName.optional().describe('with queue and position; / unless given'),
  queue: givenName.optional(),
  position: z.int().min(0).optional(),
});

type TraceInput = z.infer<typeof traceInput>;

/** Throws `bad-input` unless it names a message in one way. */
function searchOf({ messageId, vhost = '/', queue, position }: TraceInput): TraceSearch {
  if (messageId !== undefined && queue === undefined && position === undefined) return { messageId };
  if (messageId === undefined && queue !== undefined && position !== undefined)
    return { vhost, queue, position };
  throw new SluiceError('bad-input', 'name the message by messageId, or by queue and position');
}

export const messageTrace: ServerOperation<TraceInput, TraceAnswer> = {
  input: traceInput,
  async run({ broker, tracer }, input, { signal }) {
    const search = searchOf(input);
    if (tracer === undefined) throw new SluiceError('unsupported', 'messages are not traced here');
    const trace = await tracer.trace(search, signal);
    const lives: TracedMessage[] = [];
    for (const life of trace.lives)
      lives.push({ ...life, places: await Promise.all(life.places.map((place) => placeNow(broker, place))) });
    return { ...trace, lives, unknown: unknownOf(trace) };
  },
};

async function placeNow({ administration }: Broker, place: TracePlace): Promise<TracedPlaceNow> {
  const { vhost, queue, position } = place;
  if (vhost === undefined || queue === undefined) return place;
  try {
    const found = await administration.queues.find(vhost, queue, { position });
    if (found === undefined) return place;
    const { state, redelivered, deliveryCount } = found;
    return { ...place, now: { state, redelivered, deliveryCount } };
  } catch (problem) {
    if (problem instanceof SluiceError && problem.code === 'not-found') return place;
    throw problem;
  }
}

/** Traces through the journal of a data directory that nobody has open. */
export async function traceStopped(directory: string, disk: Disk, input: TraceInput): Promise<TraceAnswer> {
  const trace = await traceMessage({ directory, disk, pause: () => nextTurn() }, searchOf(input));
  return { ...trace, unknown: unknownOf(trace) };
}

/** What a trace leaves open, in words. */
function unknownOf(trace: MessageTrace): string[] {
  const { lives, isWhole, isCut, completeFromMs } = trace;
  const events = lives.flatMap((life) => life.events);
  return [
    ...(isWhole
      ? []
      : [
          completeFromMs === undefined
            ? 'older records were compacted away, and with them what happened before'
            : `records are whole from ${new Date(completeFromMs).toISOString()} on; of what happened before, some were compacted away`,
        ]),
    ...(lives.some(({ hasOrigin }) => !hasOrigin)
      ? ['where a dead letter came from is no longer recorded']
      : []),
    ...(events.some((event) => event.kind === 'ended' && event.by === undefined)
      ? ['who settled a message, and when exactly, is not recorded where an older version wrote it']
      : []),
    ...(events.some((event) => event.kind === 'published' && event.by === undefined)
      ? ['who published a message is not recorded where an older version wrote it']
      : []),
    ...(events.some((event) => event.kind === 'requeued' && event.why === 'marked')
      ? ['whether, and to whom, it was delivered just before an unclean stop']
      : []),
    ...(lives.length === 0
      ? ['transient messages (delivery mode 1) are never recorded, nor those that no queue took']
      : []),
    ...(isCut ? ['more messages have this id than are told'] : []),
  ];
}
