/**
 * Searching the messages of an engine's queue. Invariant: on an engine beside so many messages are taken from the front,
 * and no more, and all of them given back; the answer says how many were looked at, and why no more.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { encodeProperties, fieldTable, type MessageView } from '../broker/index.js';
import { SluiceError } from '../kernel/index.js';
import { acted } from './engine-audit.js';
import { besideNamed, engineQueueName } from './engine-named.js';
import type { EngineTaken } from './engine-topology.js';
import type { EngineBeside } from './engines-beside.js';
import { countUpTo } from './inputs.js';
import { filterFields, filterOf, type MessageFilterInput } from './message-filter.js';
import { foundMax, Hunt, propertiesOf, queueSearch, spanFields, type FoundRow } from './message-search.js';
import type { SearchProgress } from './message-search.js';
import type { ServerOperation } from './services.js';

/** Taken from the front of a queue at a time. One round trip each; held in memory until the search has ended. */
const lookBounds = { messagesMax: 1_000, bytesMax: 33_554_432, elapsedMsMax: 5_000 } as const;
const bodyShownBytes = 50_000;
/** Of all bodies of an answer; further ones are shown by their beginnings. */
const answerBodyBytesMax = 4_194_304;
const previewBytes = 256;
/** Messages and bytes that are looked at before others have their turn: some 2 ms. */
const turnMessages = 50;
const turnBytes = 1_048_576;

/** A message that was found; when it came is known on the own engine alone. */
export type EngineFoundRow = Omit<FoundRow, 'arrivalMs' | 'deliveryCount' | 'expiresMs' | 'dueMs'> &
  Partial<Pick<FoundRow, 'arrivalMs' | 'deliveryCount' | 'expiresMs' | 'dueMs'>>;

/** How far a search came. */
export interface EngineSearchProgress extends Omit<SearchProgress, 'total'> {
  /** Messages in the queue; undefined: unknown. */
  readonly total: number | undefined;
  /** Why no more were looked at, where they cannot be: those behind come only after those in front are gone. */
  readonly stoppedBy?: 'messages' | 'bytes' | 'time' | 'found';
}

const searching = engineQueueName.extend({ ...filterFields, ...spanFields, limit: countUpTo(foundMax) });
type Searching = z.infer<typeof searching>;
type Outcome = EngineSearchProgress & { readonly items: readonly EngineFoundRow[] };

export const engineQueueSearch: ServerOperation<Searching, Outcome> = {
  input: searching,
  async run(services, { engine: name, ...given }, call) {
    const engine = besideNamed(services, name);
    if (engine === undefined) return queueSearch.run(services, given, call);
    const { vhost, queue, limit, from, until: _, ...filter } = given;
    const hunt = new Hunt(filterOf(filter));
    requireTellable(filter, from);
    return acted(services, `search queue '${queue}'`, { engine: name, vhost }, () =>
      searchBeside(engine, { vhost, queue, limit }, hunt),
    );
  },
};

/** Throws `unsupported` for what no other engine tells of a message. */
function requireTellable(filter: MessageFilterInput, from: number): void {
  const { arrivedFromMs, arrivedUntilMs, state, property = [] } = filter;
  if (from > 0)
    throw new SluiceError('unsupported', 'from: another engine gives messages from the front alone');
  if (arrivedFromMs !== undefined || arrivedUntilMs !== undefined)
    throw new SluiceError('unsupported', 'another engine does not tell when a message arrived');
  if (state !== undefined && ![state].flat().includes('ready'))
    throw new SluiceError('unsupported', 'state: another engine gives ready messages alone');
  const untold = [property].flat().find((each) => /^(delivery[-_]?mode|cluster[-_]?id)(=|$)/i.test(each));
  if (untold !== undefined)
    throw new SluiceError('unsupported', 'property: of messages of another engine that is not known');
}

async function searchBeside(
  engine: EngineBeside,
  { vhost, queue, limit }: Pick<Searching, 'vhost' | 'queue' | 'limit'>,
  hunt: Hunt,
): Promise<Outcome> {
  const { type, ready, unacknowledged, delayed = 0 } = await engine.show(vhost, queue);
  if (type === 'stream')
    throw new SluiceError('unsupported', 'a stream gives messages by their place, and takes none back');
  const { messages, stoppedBy } = await engine.look(vhost, queue, lookBounds);
  const found = await foundIn(messages, hunt, limit);
  // RabbitMQ's figures are up to 5 s old.
  const known =
    ready === undefined || unacknowledged === undefined ? undefined : ready + unacknowledged + delayed;
  const why = found.lookedAt < messages.length ? 'found' : stoppedBy;
  return {
    ...found,
    total: known === undefined ? undefined : Math.max(known, messages.length),
    until: found.lookedAt,
    ...hunt.doubts,
    unreadable: 0,
    ...(why === undefined ? {} : { stoppedBy: why }),
  };
}

async function foundIn(
  messages: readonly EngineTaken[],
  hunt: Hunt,
  limit: number,
): Promise<{ readonly items: readonly EngineFoundRow[]; readonly lookedAt: number }> {
  const items: EngineFoundRow[] = [];
  let [shownBytes, turn, lookedAt] = [0, 0, 0];
  for (const [position, message] of messages.entries()) {
    turn += Math.max(message.body.length, turnBytes / turnMessages);
    if (turn >= turnBytes) {
      await nextTurn();
      turn = 0;
    }
    lookedAt++;
    const view = viewOf(message);
    if (!hunt.filter.agrees({ ...scanned, position, view }) || !(await hunt.isBodyFound(view))) continue;
    const shown = message.body.subarray(0, shownBytes < answerBodyBytesMax ? bodyShownBytes : previewBytes);
    shownBytes += shown.length;
    items.push(rowOf(position, message, view, shown));
    if (items.length === limit) break;
  }
  return { items, lookedAt };
}

/** What a filter does not look at. */
const scanned = {
  ...({ state: 'ready', bodyBytes: 0, redelivered: false, deliveryCount: 0 } as const),
  ...{ expiresMs: undefined, dueMs: undefined },
};

/** As the broker has its own messages, so that one filter serves both. */
function viewOf({ exchange, routingKey, properties: { headers, ...rest }, body }: EngineTaken): MessageView {
  const encoded = encodeProperties({
    ...(rest as { [Name in keyof typeof rest]-?: NonNullable<(typeof rest)[Name]> }),
    ...(headers === undefined ? {} : { headers: fieldTable(headers) }),
  });
  const [from, to] = [Buffer.from(exchange), Buffer.from(routingKey)];
  const route = Buffer.concat([Buffer.from([from.length]), from, Buffer.from([to.length]), to]);
  return {
    ...{ buffer: route, routeStart: 0, routeEnd: route.length },
    ...{ propertiesBuffer: encoded, propertiesStart: 0, propertiesEnd: encoded.length },
    ...{ bodyBuffer: body, bodyStart: 0, bodyEnd: body.length },
    ...{ arrivalMs: 0, large: undefined },
  };
}

function rowOf(position: number, message: EngineTaken, view: MessageView, shown: Buffer): EngineFoundRow {
  const { exchange, routingKey, redelivered, properties, body } = message;
  const count = properties.headers?.['x-delivery-count'];
  return {
    ...{ position, state: 'ready', redelivered, exchange, routingKey },
    ...(typeof count === 'number' ? { deliveryCount: count } : {}),
    properties: propertiesOf(view),
    bodyBytes: body.length,
    body: shown.toString('base64'),
  };
}
