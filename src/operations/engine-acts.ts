/**
 * What operators do with queues of engines: look, purge, move, pause. Invariant: what was done on an engine
 * beside, or refused there, is in the audit log; what an engine cannot do is refused with the reason.
 */
import { z } from 'zod';
import { emulated, native, type Capabilities, type Capability } from '../engines/index.js';
import { SluiceError } from '../kernel/index.js';
import { acted } from './engine-audit.js';
import { besideNamed, engineQueueName } from './engine-named.js';
import type { EngineBeside, EngineMessageRow, EngineMoveOutcome } from './engines-beside.js';
import { countUpTo, givenName } from './inputs.js';
import { queueMove } from './message-move.js';
import { queuePause, queueResume } from './queue-control-operations.js';
import { queuePeek, queuePurge } from './queue-operations.js';
import type { StoredMessageRow } from './message-view.js';
import type { ServerOperation } from './services.js';

/** Whether an act can be done with a queue, and how far. */
export type QueueActs = Readonly<
  Record<'peek' | 'search' | 'publish' | 'purge' | 'move' | 'pause', Capability>
>;

/** Undefined capabilities: the engine has not answered yet, and nothing can be done. */
export function queueActs(capabilities: Capabilities | undefined): QueueActs {
  if (capabilities === undefined) {
    const unknown: Capability = { kind: 'none', reason: 'the engine has not answered yet' };
    return {
      peek: unknown,
      search: unknown,
      publish: unknown,
      purge: unknown,
      move: unknown,
      pause: unknown,
    };
  }
  return {
    peek: capabilities.peek,
    search: searching(capabilities),
    publish: capabilities.send,
    purge: native,
    move: moving(capabilities),
    pause: capabilities.pause,
  };
}

const movedByHand =
  'messages are taken as a consumer takes them, sent to the other queue, confirmed, and then acknowledged: a crash in between keeps both; what others hold stays';
const movedAtOnce =
  'messages are taken as a consumer takes them, and each moves in one step; what others hold stays';

function moving({ completion, receive }: Capabilities): Capability {
  if (receive.kind === 'none') return receive;
  return emulated(completion.kind === 'native' ? movedAtOnce : movedByHand);
}

const searchedFront = 'up to 1,000 messages from the front, 32 MiB or 5 s, and none behind them';
const counted = 'where a queue has a delivery limit, looking at a message may count as a delivery';

/** What peeks by taking messages searches so, too. */
function searching({ peek }: Capabilities): Capability {
  return peek.kind === 'emulated' ? emulated(`${searchedFront}; ${peek.limit}; ${counted}`) : peek;
}

type Target = z.infer<typeof engineQueueName>;

const peekCountMax = 50;
const bodyShownBytes = 50_000;

export const engineQueuePeek: ServerOperation<
  Target & { count: number },
  { readonly count: number },
  EngineMessageRow
> = {
  input: engineQueueName.extend({ count: countUpTo(peekCountMax) }),
  async run(services, { count, ...target }, call) {
    const { vhost, queue } = target;
    const engine = besideNamed(services, target.engine);
    if (engine === undefined)
      return queuePeek.run(
        services,
        { vhost, queue, count },
        { messages: call.messages, signal: call.signal, emit: (row) => call.emit(shortened(row)) },
      );
    const rows = await acted(services, `peek queue '${queue}'`, target, () =>
      engine.peek(vhost, queue, count),
    );
    for (const row of rows) await call.emit(row);
    return { count: rows.length };
  },
};

function shortened({
  exchange,
  routingKey,
  redelivered,
  properties,
  body,
}: StoredMessageRow): EngineMessageRow {
  const whole = Buffer.from(body, 'base64');
  const shown = whole.length <= bodyShownBytes ? body : whole.toString('base64', 0, bodyShownBytes);
  return { exchange, routingKey, redelivered, properties, body: shown, bodyBytes: whole.length };
}

export const engineQueuePurge: ServerOperation<Target, { readonly messages: number }> = {
  input: engineQueueName,
  async run(services, target, call) {
    const { vhost, queue } = target;
    const engine = besideNamed(services, target.engine);
    if (engine === undefined) return queuePurge.run(services, { vhost, queue }, call);
    return {
      messages: await acted(services, `purge queue '${queue}'`, target, () => engine.purge(vhost, queue)),
    };
  },
};

/** As many as move within the time of one request on any engine. */
const moveCountMax = 1_000;
const moveInput = engineQueueName.extend({ to: givenName, count: countUpTo(moveCountMax) });

/** Moves messages from the front to another queue of the same virtual host. */
export const engineQueueMove: ServerOperation<z.infer<typeof moveInput>, EngineMoveOutcome> = {
  input: moveInput,
  async run(services, { to, count, ...target }, call) {
    const { vhost, queue } = target;
    const engine = besideNamed(services, target.engine);
    if (engine === undefined) {
      const input = { vhost, queue, to, count, from: 0, dryRun: false };
      const { moved, next } = await queueMove.run(services, input, call);
      return { moved, isDone: moved === count || next === undefined };
    }
    if (to === queue) throw new SluiceError('bad-input', 'to: the queue that the messages are in');
    return acted(services, `move up to ${count} messages to '${to}' from queue '${queue}'`, target, () =>
      engine.move(vhost, queue, to, count),
    );
  },
};

function pausing(isPause: boolean): ServerOperation<Target, { readonly changed: boolean }> {
  return {
    input: engineQueueName,
    async run(services, target, call) {
      const { vhost, queue } = target;
      const engine: EngineBeside | undefined = besideNamed(services, target.engine);
      if (engine === undefined)
        return (isPause ? queuePause : queueResume).run(services, { vhost, queue }, call);
      const changed = await acted(services, `${isPause ? 'pause' : 'resume'} queue '${queue}'`, target, () =>
        engine.setPaused(vhost, queue, isPause),
      );
      return { changed };
    },
  };
}

/** Rejects with `unsupported` where the engine cannot. */
export const engineQueuePause = pausing(true);
export const engineQueueResume = pausing(false);
