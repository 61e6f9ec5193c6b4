/** Whatever a power loss leaves of the journal: a trace names who it was, or nobody, and never somebody else. */
import { describe, expect, it } from 'vitest';
import { Client, settle, SimulatedBroker } from '../../../tests/simulation/simulated-broker.js';
import { seededRandom } from '../../kernel/index.js';
import { traceMessage } from './trace-message.js';
import type { TracedLife } from './trace.js';

const users = ['ann', 'bob', 'cem', 'dan'];
const firstSeed = Number(process.env['SEED'] ?? 1);

interface Deed {
  publisher: string;
  settledBy?: string;
}

/** Publishes, gets and acknowledges at random; the journal turns to a new segment every few messages. */
class Life {
  readonly deeds = new Map<string, Deed>();
  readonly #random: ReturnType<typeof seededRandom>;
  #next = 0;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  #below(limit: number): number {
    return this.#random.bytes(4).readUInt32LE(0) % limit;
  }

  async run(at: SimulatedBroker): Promise<void> {
    const clients = users.map(
      (user) => new Client(at.broker.connect({ name: `at ${user}`, user, vhost: '/' })),
    );
    const tags = users.map(() => 0);
    clients[0]!.declare('work');
    for (let steps = 20 + this.#below(60); steps > 0; steps--) {
      const who = this.#below(users.length);
      const client = clients[who]!;
      const roll = this.#below(10);
      if (roll < 5) this.#publish(client, users[who]!);
      else if (roll < 9) tags[who]! += await this.#take(client, users[who]!, tags[who]! + 1, roll < 8);
      else await at.broker.administration.durable();
      at.clock.advance(this.#below(20));
    }
    await settle();
  }

  #publish(client: Client, publisher: string): void {
    const messageId = `m${this.#next++}`;
    this.deeds.set(messageId, { publisher });
    client.publish({ routingKey: 'work', body: messageId.padEnd(1_500), properties: { messageId } });
  }

  /** Returns how many were got. */
  async #take(client: Client, user: string, tag: number, isSettled: boolean): Promise<number> {
    const body = await client.get('work', false);
    if (body === undefined) return 0;
    if (isSettled) {
      this.deeds.get(body.trim())!.settledBy = user;
      client.channel.acknowledge(tag, false);
    }
    return 1;
  }
}

function check({ messageId, events }: TracedLife, deeds: ReadonlyMap<string, Deed>): number {
  const deed = deeds.get(messageId!)!;
  let named = 0;
  for (const event of events) {
    if (event.kind === 'published') expect(event.by).toMatchObject({ user: deed.publisher });
    if (event.kind === 'ended') expect(event.by).toMatchObject({ user: deed.settledBy });
    if (event.kind === 'delivered') expect(users).toContain(event.to?.user);
    if (event.kind === 'ended' && event.by !== undefined) named++;
  }
  return named;
}

describe('after a power loss', () => {
  it('every trace tells what was done, by whoever did it', async () => {
    let named = 0;
    for (let seed = firstSeed; seed < firstSeed + 12; seed++) {
      const life = new Life(seed);
      const journal = { segmentBytes: 16_384, segmentBytesFirst: 16_384 };
      let at = await SimulatedBroker.open({ seed, journal });
      for (let round = 0; round < 2; round++) {
        await life.run(at);
        at = await at.crash(undefined, { journal });
      }
      const disk = at.disk;
      for (const messageId of life.deeds.keys()) {
        const trace = await traceMessage(
          { directory: '/data', disk, pause: () => Promise.resolve() },
          { messageId },
        );
        for (const traced of trace.lives)
          try {
            named += check(traced, life.deeds);
          } catch (problem) {
            throw new Error(`seed ${seed}, ${messageId}: ${JSON.stringify(traced)}`, { cause: problem });
          }
      }
      await at.broker.close();
    }
    expect(named).toBeGreaterThan(50);
  });
});
