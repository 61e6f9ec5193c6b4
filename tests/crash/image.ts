/** What a stopped broker leaves on disk, what its queues then hold, and what comes out of a damaged copy. */
import { openBroker } from '../../src/broker/index.js';
import { FakeClock, messageOf, seededRandom, SimulatedDisk } from '../../src/kernel/index.js';
import { idOf } from '../simulation/message-body.js';
import { Ledger } from '../simulation/ledger.js';
import type { Life } from '../simulation/life.js';
import { Client, directory, settle, smallJournal } from '../simulation/simulated-broker.js';
import { MemoryDisk } from './memory-disk.js';
import { runScript } from './scripted-life.js';
import { begin, seed, startMs } from './world.js';

/** Numbers of the messages of each queue. */
export type Contents = ReadonlyMap<string, readonly number[]>;

export interface Image {
  readonly disk: MemoryDisk;
  readonly nowMs: number;
}

/** How the broker stopped; `killed`: only the last watermark tells what was durable. */
export type Stop = 'clean' | 'killed' | 'without snapshots';

/** Runs the script and stops. */
export async function imageAfterScript(stop: Stop): Promise<Image> {
  const life = await lifeAfterScript(stop !== 'without snapshots');
  if (stop !== 'killed') await life.world.broker.close();
  return imageOf(life);
}

/** A life in which the script has run and everything is durable. */
export async function lifeAfterScript(hasSnapshots = true): Promise<Life> {
  const disk = new SimulatedDisk({ random: seededRandom(seed) });
  const life = (await begin(disk, new Ledger(), startMs))!;
  await runScript(life, hasSnapshots);
  await life.world.broker.administration.durable();
  // Long enough that the journal writes down what is durable.
  for (let round = 0; round < 4; round++) {
    life.options.clock.advance(60);
    await life.settle();
  }
  return life;
}

export async function imageOf(life: Life): Promise<Image> {
  return { disk: await MemoryDisk.of(life.options.disk, directory), nowMs: life.options.clock.now() };
}

/** What opening a damaged image and emptying its queues gave. */
export type Opened =
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'opened'; readonly contents: Contents; readonly events: readonly string[] };

/** Opens a broker on an image, takes everything out, and checks every body. Throws for a wrong body. */
export async function openAndEmpty({ disk, nowMs }: Image): Promise<Opened> {
  const events: string[] = [];
  const clock = new FakeClock(nowMs);
  const opening = openBroker({
    directory,
    disk,
    clock,
    random: seededRandom(seed),
    journal: smallJournal,
    onFailure: () => undefined,
    log: (event) => events.push(event),
  });
  const broker = await opening.catch((error: unknown) => messageOf(error));
  if (typeof broker === 'string') return { kind: 'refused', reason: broker };
  const client = new Client(broker.connect({ name: 'reader', user: 'guest', vhost: '/' }));
  const queueOf = new Map<string, string>();
  const names = broker.administration.listQueues('/').map(({ name }) => name);
  for (const name of names) queueOf.set(client.consume(name), name);
  for (let seen = -1; seen !== client.sink.deliveries.length;) {
    seen = client.sink.deliveries.length;
    await settle(3);
    if (seen > 0) client.channel.acknowledge(0, true);
    clock.advance(1_000);
  }
  const contents = new Map<string, number[]>(names.map((name) => [name, []]));
  for (const { consumerTag, body } of client.sink.deliveries) {
    const id = idOf(body, 0, body.length);
    if (id < 0) throw new Error(`a wrong body came out of ${queueOf.get(consumerTag) ?? 'nowhere'}`);
    contents.get(queueOf.get(consumerTag)!)!.push(id);
  }
  await broker.close();
  return { kind: 'opened', contents, events };
}

/** Queues and numbers that are in `before` and not in `after`. */
export function missing(before: Contents, after: Contents): string[] {
  return [...before].flatMap(([queue, ids]) => {
    const left = new Set(after.get(queue));
    return ids.filter((id) => !left.has(id)).map((id) => `${queue} ${id}`);
  });
}
