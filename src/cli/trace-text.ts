/** A message's life for people: a line for each thing that happened, with the moment as exactly as it is known. */
import { formatBytes } from '../config/index.js';
import type {
  PartyFacts,
  TraceAnswer,
  TraceCause,
  TracedMessage,
  TracedPlaceNow,
  TraceEvent,
  TraceParty,
  TracePlace,
  TraceTime,
} from '../operations/index.js';
import { singleLine } from './text.js';

function clockText(atMs: number): string {
  return new Date(atMs).toISOString();
}

function timeText({ atMs, fromMs, toMs }: TraceTime): string {
  if (atMs !== undefined) return clockText(atMs);
  if (fromMs !== undefined && toMs !== undefined) {
    const from = clockText(fromMs);
    return fromMs === toMs ? from : `${from} to ${clockText(toMs)}`;
  }
  return fromMs === undefined ? 'at a time unknown' : `after ${clockText(fromMs)}`;
}

function placeText({ vhost, queue, queueNumber, position }: TracePlace): string {
  const name = queue === undefined ? `queue number ${queueNumber}` : `queue '${queue}'`;
  return `${name}${vhost === undefined || vhost === '/' ? '' : ` in vhost '${vhost}'`}, position ${position}`;
}

function whatText(event: TraceEvent): string {
  switch (event.kind) {
    case 'published':
    case 'dead-letter-published':
    case 'forwarded': {
      const { exchange, routingKey, bodyBytes, userId, routes, by: party } = event;
      const who = party === undefined ? userId : partyText(party);
      const by = who === undefined ? '' : ` by ${who}`;
      const to = routes.map(placeText).join('; ');
      const what = event.kind === 'dead-letter-published' ? 'published as a dead letter' : event.kind;
      return `${what}${by} to exchange '${exchange}' with key '${routingKey}', ${formatBytes(bodyBytes)}, to ${to}`;
    }
    case 'delivery-possible':
      return `deliveries came near ${placeText(event.place)}: not delivered before`;
    case 'delivered':
      return `delivered from ${placeText(event.place)} to ${event.to === undefined ? 'somebody unknown' : partyText(event.to)}`;
    case 'requeued':
      return `came back to ${placeText(event.place)} (${event.why}${causeText(event.cause)})${byText(event)}`;
    case 'held-back':
      return event.dueMs === undefined
        ? `no longer delayed in ${placeText(event.place)}${byText(event)}`
        : `waits in ${placeText(event.place)} until ${clockText(event.dueMs)}${event.isFailure ? ', after a failure' : ''}${byText(event)}`;
    case 'ended':
      return `${endText(event.why)} in ${placeText(event.place)}${event.record === undefined ? '' : `, with the record ${event.record}`}${byText(event)}`;
    case 'queue-deleted':
      return `went with its queue: ${placeText(event.place)}`;
  }
}

/** A person or a client: the user, then what names the connection. */
function partyText({ user, connection, clientName, consumerTag, isOperator }: PartyFacts): string {
  const name = clientName === undefined ? '' : `${clientName}, `;
  const tag = consumerTag === undefined ? '' : `, consumer ${consumerTag}`;
  return `${isOperator === true ? 'operator ' : ''}${user} (${name}${connection}${tag})`;
}

function byText({ by }: TraceParty): string {
  if (by === undefined) return '';
  return ` by ${by === 'the broker' ? by : partyText(by)}`;
}

const causeTexts: Readonly<Record<TraceCause, string>> = {
  client: 'given back by the client',
  channelClosed: 'the channel was closed',
  connectionClosed: 'the connection ended',
  timeout: 'kept for too long',
  consumerEnded: 'an operator ended the consumer',
  brokerStopped: 'the broker stopped',
  restart: 'perhaps delivered before an unclean stop',
  stranded: 'the queue that it was to go to is gone',
};

function causeText(cause: TraceCause | undefined): string {
  return cause === undefined ? '' : `: ${causeTexts[cause]}`;
}

function endText(why: string): string {
  return why === 'deadLettered' ? 'dead-lettered' : why;
}

function nowText(place: TracedPlaceNow): string {
  const { now } = place;
  if (now === undefined) return `last seen in ${placeText(place)}`;
  const { state, deliveryCount } = now;
  const failed = deliveryCount === 0 ? '' : `, ${deliveryCount} deliveries failed`;
  if (state.kind !== 'unacknowledged') return `now ${state.kind} in ${placeText(place)}${failed}`;
  const { holder } = state;
  if (holder === undefined) return `now with a client, from ${placeText(place)}${failed}`;
  const { user, connection, consumerTag, sinceMs } = holder;
  const tag = consumerTag === undefined ? '' : `, consumer ${consumerTag}`;
  return `now with ${user} (${connection}${tag}) since ${clockText(sinceMs)}, from ${placeText(place)}${failed}`;
}

function lifeLines(life: TracedMessage, index: number, count: number): string[] {
  const id = life.messageId === undefined ? 'A message without an id' : `Message ${life.messageId}`;
  return [
    count === 1 ? id : `${id}, ${index + 1} of ${count}`,
    ...life.events.map((event) => `  ${timeText(event)}  ${whatText(event)}`),
    ...life.places.map((place) => `  ${nowText(place)}`),
  ];
}

/** The lines of an answer. */
export function traceLines({ lives, unknown }: TraceAnswer): string[] {
  const told =
    lives.length === 0
      ? ['No such message is recorded.']
      : lives.flatMap((life, index) => lifeLines(life, index, lives.length));
  return [...told, ...unknown.map((text) => `Not known: ${text}.`)].map(singleLine);
}
