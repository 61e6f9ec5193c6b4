/**
 * A journal as versions before 25 wrote it, without parties: made from a new one by leaving out what they did not write.
 * It opens, means the same, and a trace of it tells what it always told and calls the rest unknown.
 */
import { expect, it } from 'vitest';
import { Client, settle, SimulatedBroker } from '../../../tests/simulation/simulated-broker.js';
import { FakeClock, seededRandom, SimulatedDisk } from '../../kernel/index.js';
import { openJournal, walkJournal, type Journal, type WalkedRecord } from '../../journal/index.js';
import { publisherBytes, publisherOffset } from '../publish-record.js';
import { RecordType } from '../record-types.js';
import { holdBackBytes } from '../recorder.js';
import { newPutView, readPut } from '../records/record-codec.js';
import { rangesEnd } from './ranges.js';
import { traceMessage } from './trace-message.js';

const directory = '/data';

/** The record as it was before; undefined: there was none. */
function older({ type, buffer, start, end }: WalkedRecord): Buffer | undefined {
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
  switch (type) {
    case RecordType.party:
      return undefined;
    case RecordType.publish: {
      const bytes = Buffer.from(buffer.subarray(start, end));
      if (publisherOffset(view, start, end) === 0) return bytes;
      bytes[1] = 0;
      return bytes.subarray(0, -publisherBytes);
    }
    case RecordType.settle:
    case RecordType.requeue:
      return Buffer.from(buffer.subarray(start, rangesEnd(view, start)));
    case RecordType.holdBack:
      return Buffer.from(buffer.subarray(start, start + holdBackBytes));
    case RecordType.recordPut: {
      const put = newPutView();
      readPut(view, start, put);
      return Buffer.from(buffer.subarray(start, put.valueEnd));
    }
    default:
      return Buffer.from(buffer.subarray(start, end));
  }
}

async function olderJournal(from: SimulatedDisk): Promise<SimulatedDisk> {
  const clock = new FakeClock();
  const disk = new SimulatedDisk({ random: seededRandom(7), clock });
  const onFailure = (): void => undefined;
  const options = { directory: `${directory}/journal`, disk, clock, onFailure };
  const journal: Journal = await openJournal(options);
  await journal.replay(() => undefined);
  let isInGroup = false;
  const visit = (record: WalkedRecord): void => {
    const bytes = record.type === RecordType.stateHash ? undefined : older(record);
    if (record.continues && !isInGroup) journal.beginGroup();
    if (bytes !== undefined) {
      bytes.copy(journal.buffer, journal.reserve(record.type, bytes.length));
      journal.commit();
    }
    if (isInGroup && !record.continues) journal.endGroup();
    isInGroup = record.continues;
  };
  const pause = (): Promise<void> => Promise.resolve();
  await walkJournal({ directory: `${directory}/journal`, disk: from, visit, pause });
  await journal.close();
  return disk;
}

it('of an older version opens, and is traced as far as it tells', async () => {
  const at = await SimulatedBroker.open();
  const client = at.client();
  client.declare('morgue');
  client.declare('work', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'morgue' });
  for (const messageId of ['done', 'failed', 'kept', 'waits'])
    client.publish({ routingKey: 'work', body: messageId, properties: { messageId } });
  for (let count = 0; count < 4; count++) await client.get('work', false);
  client.channel.acknowledge(1, false);
  client.channel.reject(2, false, false);
  client.channel.reject(3, false, true);
  client.channel.retry(4, { afterMs: 60_000 });
  await settle();
  await at.broker.close();
  const disk = await olderJournal(at.disk);
  const later = await SimulatedBroker.open({ disk });
  expect(later.queue('work')).toMatchObject({ ready: 1, delayed: 1 });
  expect(later.queue('morgue')).toMatchObject({ ready: 1 });
  const trace = (messageId: string): ReturnType<typeof traceMessage> =>
    traceMessage({ directory, disk: later.disk, pause: () => Promise.resolve() }, { messageId });
  const done = await trace('done');
  expect(done.lives[0]!.events.map(({ kind }) => kind)).toEqual(['published', 'delivery-possible', 'ended']);
  expect(JSON.stringify(done)).not.toContain('guest');
  const kindsOf = async (messageId: string): Promise<string[]> =>
    (await trace(messageId)).lives[0]!.events.map(({ kind }) => kind);
  expect(await kindsOf('failed')).toEqual([
    'published',
    'delivery-possible',
    'ended',
    'dead-letter-published',
  ]);
  expect(await kindsOf('waits')).toEqual(['published', 'delivery-possible', 'held-back']);
  // What happens from now on is told in full.
  const clerk = new Client(later.broker.connect({ name: 'at clerk', user: 'clerk', vhost: '/' }));
  expect(await clerk.get('work', true)).toBe('kept');
  await later.broker.administration.durable();
  const [published, possible, requeued, delivered, ended] = (await trace('kept')).lives[0]!.events;
  expect([published, possible, requeued].map((event) => event !== undefined && 'by' in event)).toEqual([
    ...[false, false, false],
  ]);
  const who = { user: 'clerk', connection: 'at clerk' };
  expect([delivered, ended]).toMatchObject([{ to: who }, { why: 'acknowledged', by: who }]);
});
