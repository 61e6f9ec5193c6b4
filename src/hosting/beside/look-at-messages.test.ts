import { describe, expect, it } from 'vitest';
import type { Engine, StoredMessage } from '../../engines/index.js';
import { FakeClock } from '../../kernel/index.js';
import { lookAtMessages } from './look-at-messages.js';

/** So many messages of one byte are handed out; `behind` tells of the last how many are left, where it is known. */
function handingOut(count: number, behind: number | undefined, takenMs = 0) {
  const clock = new FakeClock();
  const message = (left: number | undefined): StoredMessage => ({
    ...{ exchange: '', routingKey: 'q', properties: { headers: {} }, body: Buffer.from('x') },
    ...{ redelivered: false, state: undefined },
    ...(left === undefined ? {} : { behind: left }),
  });
  const peek = () => {
    clock.advance(takenMs);
    const messages = Array.from({ length: count }, (_, index) =>
      message(behind === undefined ? undefined : behind + count - 1 - index),
    );
    return Promise.resolve(messages);
  };
  return { clock, engine: { peek } as unknown as Engine };
}

const bounds = { messagesMax: 3, bytesMax: 100, elapsedMsMax: 1_000 };

describe('a look at messages of an engine beside', () => {
  it.each([
    ['as many as may be are all that there are', 3, 0, bounds, 0, undefined],
    ['there are more than may be looked at', 3, 1, bounds, 0, 'messages'],
    ['the engine does not tell whether there are', 3, undefined, bounds, 0, 'messages'],
    ['bodies are as large as may be, and there are more', 2, 5, { ...bounds, bytesMax: 2 }, 0, 'bytes'],
    ['bodies are as large as may be, and there are no more', 2, 0, { ...bounds, bytesMax: 2 }, 0, undefined],
    ['the time is over before the end', 1, 5, bounds, 1_000, 'time'],
    ['the time is over at the end', 1, 0, bounds, 1_000, undefined],
    ['there were fewer than were asked for', 1, undefined, bounds, 0, undefined],
    ['there was none', 0, undefined, bounds, 0, undefined],
  ] as const)('says what stopped it where %s', async (_, count, behind, given, takenMs, stoppedBy) => {
    const { clock, engine } = handingOut(count, behind, takenMs);
    const look = await lookAtMessages(engine, clock, 'q', given);
    expect(look.stoppedBy).toBe(stoppedBy);
    expect(look.messages).toHaveLength(count);
  });
});
