/** What is left of a broker whose journal was damaged and repaired, on the real disk. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { inboundMessage } from '../../tests/simulation/inbound-message.js';
import { repairJournal } from '../journal/index.js';
import { systemClock, systemDisk, systemRandom } from '../kernel/index.js';
import type { Broker } from './broker.js';
import { emptyFieldTable } from './content/index.js';
import { openBroker } from './open-broker.js';

const directories: string[] = [];

afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true });
});

function open(directory: string): Promise<Broker> {
  const onFailure = (error: Error): void => {
    throw error;
  };
  return openBroker({
    directory,
    disk: systemDisk(),
    clock: systemClock(),
    random: systemRandom(),
    onFailure,
  });
}

/** A stopped broker's directory, with the queue `kept` and five messages in it. */
async function directoryWithMessages(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-repaired-'));
  directories.push(directory);
  const broker = await open(directory);
  const sink = {
    deliver: () => undefined,
    consumerCancelled: () => undefined,
    channelFailed: () => undefined,
  };
  const connection = broker.connect({ name: 'test', user: 'guest', vhost: '/' });
  const channel = connection.openChannel(sink);
  const flags = { durable: true, exclusive: false, autoDelete: false, arguments: emptyFieldTable };
  channel.declareQueue({ name: 'kept', ...flags });
  for (let index = 0; index < 5; index++)
    channel.publish(inboundMessage({ routingKey: 'kept', body: `m${index}` }));
  await broker.administration.durable();
  await broker.close();
  return directory;
}

/** Flips a bit of the record that holds `text`. */
async function damage(directory: string, text: string): Promise<void> {
  const folder = join(directory, 'journal', 'segments');
  for (const name of await readdir(folder)) {
    const bytes = await readFile(join(folder, name));
    const at = bytes.indexOf(text);
    if (at < 0) continue;
    bytes[at] = bytes[at]! ^ 1;
    await writeFile(join(folder, name), bytes);
    return;
  }
  expect.unreachable(`no segment holds ${text}`);
}

test.each(['"op":"vhost"', '"op":"queue"'])(
  'messages survive the loss of the record with %s, and the repaired broker starts again and again',
  async (lost) => {
    const directory = await directoryWithMessages();
    await damage(directory, lost);
    await expect(open(directory)).rejects.toMatchObject({ code: 'journal-damaged' });
    await repairJournal(join(directory, 'journal'), systemDisk());
    const names = new Set<string>();
    for (let start = 0; start < 3; start++) {
      const broker = await open(directory);
      const [queue] = broker.administration.listQueues('/');
      names.add(queue!.name);
      const messages = await broker.administration.peek('/', queue!.name, 10);
      expect(messages.map((message) => message.body.toString())).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
      await broker.close();
    }
    expect([...names]).toEqual([
      lost === '"op":"queue"' ? expect.stringMatching(/^sluice\.recovered\.\d+$/) : 'kept',
    ]);
  },
);
