/** Messages that failed for good, moved with what went wrong, through a whole broker. */
import { describe, expect, it } from 'vitest';
import { settle, SimulatedBroker, type Client } from '../../tests/simulation/simulated-broker.js';
import { fieldTable } from './content/index.js';

const morgue = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' };

async function delivered(
  plainArguments: Readonly<Record<string, unknown>>,
): Promise<{ readonly at: SimulatedBroker; readonly reader: Client }> {
  const at = await SimulatedBroker.open();
  const reader = at.client();
  reader.declare('q', plainArguments);
  reader.declare('dead');
  reader.declare('elsewhere');
  reader.publish({ routingKey: 'q', body: 'a', headers: { kept: 'yes', reason: 'old', 'x-key': 'k' } });
  reader.publish({ routingKey: 'q', body: 'b', headers: { 'x-key': 'k' } });
  reader.consume('q');
  await settle();
  return { at, reader };
}

const failure = { headers: fieldTable({ reason: 'broke', stack: 'at a\nat b' }) };

describe('a message that failed for good', () => {
  it('moves to the dead-letter exchange with its headers and those of the failure, and frees its key', async () => {
    const { at, reader } = await delivered(morgue);
    reader.channel.deadLetter(1, failure);
    await settle();
    const [message] = await at.broker.administration.peek('/', 'dead', 1);
    const inspector = at.client();
    inspector.consume('dead');
    await settle();
    const { headers } = inspector.sink.deliveries[0]!.properties;
    expect(message!.body.toString()).toBe('a');
    expect(headers).toEqual(expect.any(Map));
    expect([headers!.get('kept'), headers!.get('reason'), headers!.get('stack')]).toEqual([
      'yes',
      'broke',
      'at a\nat b',
    ]);
    expect(headers!.get('x-first-death-reason')).toBe('rejected');
    expect(reader.sink.bodies).toEqual(['a', 'b']);
    expect(at.queue('q').deadLettered).toBe(1);
  });

  it('moves to a queue that is named, from a queue without a dead-letter exchange', async () => {
    const { reader } = await delivered({});
    reader.channel.deadLetter(1, { ...failure, queue: 'elsewhere' });
    await settle();
    expect(await reader.get('elsewhere')).toBe('a');
  });

  it('is one step with the other work of its transaction', async () => {
    const { at, reader } = await delivered(morgue);
    reader.channel.selectTransaction();
    reader.channel.deadLetter(1, failure);
    reader.publish({ routingKey: 'elsewhere', body: 'follow-up' });
    await settle();
    expect(at.queue('dead').ready).toBe(0);
    reader.channel.commitTransaction();
    await settle();
    expect([at.queue('dead').ready, at.queue('elsewhere').ready]).toEqual([1, 1]);
  });

  it('is in one place after a power loss', async () => {
    const { at, reader } = await delivered(morgue);
    reader.channel.deadLetter(1, failure);
    await settle();
    await at.broker.administration.durable();
    const next = await at.crash(0);
    expect([next.queue('q').ready + next.queue('q').gated, next.queue('dead').ready]).toEqual([1, 1]);
  });

  it('is kept, and refused with a reason, where there is no target, or too much is told', async () => {
    const { at, reader } = await delivered({});
    const told = (headers: Record<string, unknown>, queue?: string) => () => {
      reader.channel.deadLetter(1, {
        headers: fieldTable(headers),
        ...(queue === undefined ? {} : { queue }),
      });
    };
    expect(told({})).toThrow(/no dead-letter exchange/);
    expect(told({}, 'nowhere')).toThrow(/no queue 'nowhere'/);
    expect(told({ stack: 'x'.repeat(40_000) }, 'dead')).toThrow(/more than 32768/);
    expect(told({ CC: ['other'] }, 'dead')).toThrow(/the broker's own/);
    expect(at.queue('q').unacknowledged).toBe(1);
  });

  it('comes again when the named queue goes before the message could be read', async () => {
    const at = await SimulatedBroker.open({ journal: { tailCacheBytes: 4_096, blockCacheBytes: 4_096 } });
    const reader = at.client();
    reader.declare('q');
    reader.declare('elsewhere');
    reader.channel.setPrefetch(1, true);
    reader.consume('q');
    reader.publish({ routingKey: 'q', body: 'first' });
    await settle();
    reader.channel.selectTransaction();
    reader.channel.deadLetter(1, { ...failure, queue: 'elsewhere' });
    reader.channel.deleteQueue('elsewhere', false, false);
    reader.channel.commitTransaction();
    await settle();
    expect(reader.sink.bodies).toEqual(['first', 'first']);
  });
});
