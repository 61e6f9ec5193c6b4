/**
 * A server on which every page of the console has something to show: queues with messages and dead letters, tasks in
 * their states, an incident with a cause and a remedy that waits for approval, an engine beside, users, silences.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { open } from '../../../src/index.js';
import { makeWorkplace, type Workplace } from '../../cli/sluice.js';
import { besideAddress } from '../../engines/beside.js';
import { fillEngine, hostile } from '../filled-engine.js';
import type { ConsoleFixture, Shown } from '../fixture.js';

const patience = { timeout: 60_000, interval: 250 };

interface Cause {
  readonly remedies: readonly { readonly remedy: string; readonly parameters: object }[];
}

interface Listed {
  readonly items: readonly { readonly id: string; readonly causes: readonly Cause[] }[];
}

export class FullServer {
  #beside: Workplace | undefined;
  #folder = '';
  #app: Awaited<ReturnType<typeof open>> | undefined;
  readonly #endings: (() => void)[] = [];
  #places: readonly Shown[] = [];

  /** The other server; gives the options of the one that knows it. */
  async prepare(): Promise<readonly string[]> {
    this.#beside = await makeWorkplace();
    this.#folder = await mkdtemp(join(tmpdir(), 'sluice-console-walk-'));
    const { ports } = await this.#beside.up(['--http', '0', '--data', this.#beside.data]).ready;
    await fillEngine({ amqp: ports.amqp, http: ports.http! });
    const config = join(this.#folder, 'sluice.yaml');
    const other = { address: besideAddress({ amqp: ports.amqp, http: ports.http! }), probe: { every: '1s' } };
    await writeFile(
      config,
      JSON.stringify({
        engines: { other },
        alerts: {
          receivers: { hook: { type: 'webhook', url: 'http://127.0.0.1:9/', secret: 'of the test' } },
          routes: [{ name: 'all', receivers: ['hook'] }],
        },
      }),
    );
    return ['--config', config];
  }

  /** Puts everything there. */
  async fill(fixture: ConsoleFixture): Promise<void> {
    await fillQueues(fixture);
    await this.#fillTasks(fixture);
    const incident = await fillIncident(fixture);
    await fillAccess(fixture);
    const [failed, running] = this.#taskIds;
    this.#places = placesWith(incident, failed!, running!);
  }

  #taskIds: readonly string[] = [];

  /** Addresses of every page, each with a selector of what is there once it shows something. */
  places(): readonly Shown[] {
    return this.#places;
  }

  async close(): Promise<void> {
    for (const end of this.#endings) end();
    await this.#app?.close();
    await this.#beside?.close();
    if (this.#folder !== '') await rm(this.#folder, { recursive: true, force: true });
  }

  async #fillTasks(fixture: ConsoleFixture): Promise<void> {
    const app = await open({ engine: `amqp://guest:guest@127.0.0.1:${String(fixture.amqpPort)}` });
    this.#app = app;
    let hasBegun = (): void => undefined;
    const begun = new Promise<void>((resolve) => (hasBegun = resolve));
    const charge = app.task('charge', {
      retry: { attempts: 1 },
      run: () => {
        throw new TypeError('no money');
      },
    });
    const convert = app.task('convert', {
      deadline: '5m',
      key: ({ user }: { user: string }) => user,
      run: async () => {
        await new Promise<void>((resolve) => {
          this.#endings.push(resolve);
          hasBegun();
        });
      },
    });
    await app.worker({ tasks: [charge, convert], concurrency: 2 }).ready;
    const failed = await charge.enqueue({});
    await failed.result().catch(() => undefined);
    const running = await convert.enqueue({ user: 'ann' });
    await convert.enqueue({ user: 'ann' });
    await begun;
    this.#taskIds = [failed.id, running.id];
  }
}

async function fillQueues(fixture: ConsoleFixture): Promise<void> {
  const dead = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'graves', 'x-max-length': 1_000 };
  await fixture.call('PUT', '/v1/queues/%2F/graves', {});
  await fixture.call('PUT', '/v1/queues/%2F/orders', { arguments: dead });
  await fixture.call('PUT', '/v1/exchanges/%2F/events', { type: 'topic' });
  await fixture.call('POST', '/v1/bindings', {
    ...{ vhost: '/', source: 'events', destination: 'orders', routingKey: 'order.*' },
  });
  await fixture.call('PUT', '/v1/policies/%2F/short', {
    ...{ pattern: '^orders$', definition: { 'max-length': 500 } },
  });
  for (let count = 0; count < 4; count++)
    await fixture.call('POST', '/v1/exchanges/%2F/events/messages', { routingKey: 'order.new', text: 'x' });
  const messages = '/v1/queues/%2F/orders/messages';
  const { items } = await fixture.call<{ items: readonly { position: number }[] }>('GET', messages);
  for (const { position } of items.slice(0, 2))
    await fixture.call('POST', `${messages}/${String(position)}/dead-letter`, { reason: 'it was bad' });
  // One that goes back, for the list of redrives.
  await fixture.call('POST', '/v1/redrives', { vhost: '/', queue: 'graves', positions: [0] });
}

/** An incident whose cause is known, with a remedy that somebody asked for. Gives its number. */
async function fillIncident(fixture: ConsoleFixture): Promise<string> {
  await fixture.call('POST', '/v1/queues/%2F/orders/pause', {});
  await fixture.call('PUT', '/v1/alert-rules/orders-wait', {
    metric: 'sluice_messages_ready',
    above: 0,
    where: { queue: 'orders' },
    severity: 'critical',
    summary: '{queue} waits',
  });
  const found = await vi.waitUntil(async () => {
    const { items } = await fixture.call<Listed>('GET', '/v1/incidents?severity=critical');
    return items.find(({ causes }) => causes.some(({ remedies }) => remedies.length > 0));
  }, patience);
  const given = found.causes
    .flatMap(({ remedies }) => remedies)
    .find((each) => each.remedy === 'resume-queue')!;
  const { remedy, parameters } = given;
  const preview = `/v1/remedies/${remedy}/preview`;
  const { token } = await fixture.call<{ token: string }>('POST', preview, { parameters });
  await fixture.call('POST', `/v1/remedies/${remedy}/ask`, { parameters, token, incident: found.id });
  await fixture.call('POST', '/v1/silences', {
    ...{ match: { queue: 'graves' }, forMs: 3_600_000, reason: 'a deployment' },
  });
  return found.id;
}

async function fillAccess(fixture: ConsoleFixture): Promise<void> {
  await fixture.call('PUT', '/v1/vhosts/shop', {});
  await fixture.call('PUT', '/v1/users/ann', { password: 'a long password', tags: ['management'] });
  await fixture.call('PUT', '/v1/permissions/%2F/ann', { configure: '', write: '', read: '^orders$' });
  await fixture.call('PUT', '/v1/topic-permissions/%2F/ann', {
    ...{ exchange: 'events', write: '', read: '.*' },
  });
}

function placesWith(incident: string, failed: string, running: string): readonly Shown[] {
  return [
    ['', 'canvas'],
    ['queues', 'tbody tr'],
    ['queues/%2F/orders', 'canvas'],
    ['exchanges', 'tbody tr'],
    ['exchanges/%2F/events', 'svg'],
    ['dead-letters', 'tbody tr, li'],
    ['dead-letters/%2F/graves', 'h2'],
    ['incidents', 'li[data-severity]'],
    [`incidents/${incident}`, 'article'],
    ['engines', 'dl'],
    ['engines/other', 'canvas'],
    ['engines/embedded', 'canvas'],
    ['engines/other/queues', 'tbody tr'],
    [`engines/other/queues/%2F/${encodeURIComponent(hostile)}`, 'dl'],
    ['engines/other/exchanges', 'tbody tr'],
    ['engines/other/exchanges/%2F/events', 'svg'],
    ['engines/embedded/queues/%2F/orders', 'dl'],
    ['rules', 'tbody tr'],
    ['rules/orders-wait', 'form'],
    ['new-rule', 'form'],
    ['silences', 'tbody tr'],
    ['remedies', 'tbody tr'],
    ['receivers', '#routes'],
    ['report', '#span'],
    ['access', 'tbody tr'],
    ['access/users/ann', 'form'],
    ['access/vhosts', 'tbody tr'],
    ['access/sessions', 'tbody tr'],
    ['access/audit', 'tbody tr'],
    ['access/account', 'form'],
    ['tasks', 'tbody tr'],
    ['tasks/charge', 'canvas'],
    [`tasks/charge/${failed}`, 'h2'],
    [`tasks/convert/${running}`, 'h2'],
    ['workers', 'h2'],
    ['analyze', 'svg'],
    ['figures', 'tbody tr'],
    ['figures/sluice_messages_ready', 'tbody tr'],
  ];
}
