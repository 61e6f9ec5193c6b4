/**
 * `/v1/messages/trace`: one message's life. Whoever may consume from a queue may trace a message by its place in it; to
 * search by identifier is for those who monitor. Invariant: a life is shown only to who may read every queue it was in.
 */
import { z } from 'zod';
import type { OperationInput, TracedMessage } from '../../operations/index.js';
import { inputOf, runOperation } from '../api/operation-route.js';
import { route, type Route } from '../api/route.js';
import type { Caller } from '../caller.js';

type TraceInput = OperationInput<'message.trace'>;

const epochMs = z.number().describe('milliseconds since the Unix epoch');
const place = z.looseObject({
  vhost: z.string().optional(),
  queue: z.string().optional().describe('absent: its name is no longer recorded'),
  queueNumber: z.int(),
  position: z.int(),
});

const party = z
  .looseObject({
    user: z.string(),
    connection: z.string().describe('with both addresses; of an operator where the order came from'),
    clientName: z.string().optional().describe('what the client calls its connection'),
    channel: z.int().optional(),
    consumerTag: z.string().optional(),
    isAutomatic: z.boolean().optional().describe('a consumer that acknowledges nothing'),
    isOperator: z.boolean().optional(),
  })
  .describe('whoever had to do with the message');

const traceAnswer = z.object({
  lives: z.array(
    z.object({
      messageId: z.string().optional(),
      hasOrigin: z.boolean(),
      events: z.array(
        z.looseObject({
          ...{ kind: z.string(), sequence: z.int() },
          by: z
            .union([party, z.literal('the broker')])
            .optional()
            .describe('absent: not recorded'),
          to: party.optional().describe('to whom it was delivered'),
          cause: z.string().optional().describe('why a delivery came back'),
          ...{ atMs: epochMs.optional(), fromMs: epochMs.optional(), toMs: epochMs.optional() },
        }),
      ),
      places: z.array(place),
    }),
  ),
  isCut: z.boolean(),
  isWhole: z.boolean().describe('nothing was compacted away'),
  completeFromMs: epochMs.optional(),
  records: z.int(),
  bytes: z.int(),
  unknown: z.array(z.string()),
});

interface Place {
  readonly vhost: string | undefined;
  readonly queue: string | undefined;
}

function placesOf({ events }: TracedMessage): Place[] {
  return events.flatMap((event): readonly Place[] => ('routes' in event ? event.routes : [event.place]));
}

/** A queue whose name is lost cannot be asked about: whoever administers sees it. */
function sees(caller: Caller): (life: TracedMessage) => boolean {
  return (life) =>
    placesOf(life).every(({ vhost, queue }) =>
      vhost === undefined || queue === undefined
        ? caller.holdsTag('administer')
        : caller.mayRead(vhost, queue),
    );
}

export const traceRoutes: readonly Route[] = [
  route<TraceInput>({
    ...{ method: 'GET', path: '/v1/messages/trace', tag: 'messages' },
    summary: 'Tell the whole life of one message, by messageId, or by queue and position',
    input: inputOf('message.trace'),
    answer: traceAnswer,
    allow: (caller, { vhost = '/', queue }) => {
      if (queue === undefined) caller.requireTag('monitor');
      else caller.require('read', 'queue', vhost, queue);
    },
    async run(call, input) {
      const answer = await runOperation(call, 'message.trace', input);
      return { ...answer, lives: answer.lives.filter(sees(call.caller)) };
    },
  }),
];
