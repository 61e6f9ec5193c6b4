/** What a crash, a second person and a rule mean for remedies. */
import { expect, it } from 'vitest';
import type { Alert, Incident, RemedyRun, Rule } from '../alerts/index.js';
import { SluiceError } from '../kernel/index.js';
import type { Figures } from '../monitor/index.js';
import { settle, SimulatedBroker } from '../../tests/simulation/simulated-broker.js';
import {
  ana,
  ben,
  remedied,
  type RemediedOptions,
  type RemediedServer,
} from '../../tests/simulation/remedied-server.js';

async function withQueue(): Promise<SimulatedBroker> {
  const at = await SimulatedBroker.open();
  const client = at.client();
  client.declare('q');
  client.publish({ routingKey: 'q', body: 'a' });
  await settle();
  await at.broker.administration.durable();
  return at;
}

async function wish(server: RemediedServer, remedy = 'pause-queue') {
  const { token = 'none', parameters } = await server.remedies.preview(remedy, { queue: 'q' });
  return { remedy, parameters, token };
}

it('a crash after the action and before the word of it leaves a remedy that is known, and undone', async () => {
  const at = await withQueue();
  const server = await remedied(at);
  const pause = server.actions.setPaused.bind(server.actions);
  let crashed: Promise<SimulatedBroker> | undefined;
  server.actions.setPaused = async (name, paused) => {
    await pause(name, paused);
    crashed = at.crash(0);
    // The process is gone: nothing that comes after this happens.
    await new Promise(() => undefined);
  };
  void server.remedies.apply(await wish(server), ana);
  await settle(20);
  const again = await crashed!;
  const after = await remedied(again);
  const [run] = after.remedies.runs();
  expect(run).toMatchObject({ remedy: 'pause-queue', state: { kind: 'applied' } });
  expect(run!.history.at(-1)!.text).toBe('Found in force after a restart.');
  await after.remedies.undo(run!.id, ben);
  expect(again.queue('q').paused).toBe(false);
  await again.broker.close();
});

it('a crash before the action leaves a remedy that failed, and nothing done', async () => {
  const at = await withQueue();
  const server = await remedied(at);
  let crashed: Promise<SimulatedBroker> | undefined;
  server.actions.setPaused = async () => {
    crashed = at.crash(0);
    await new Promise(() => undefined);
  };
  void server.remedies.apply(await wish(server), ana);
  await settle(20);
  const again = await crashed!;
  const [run] = (await remedied(again)).remedies.runs();
  expect(run!.state).toMatchObject({ kind: 'failed', why: 'the restart came first' });
  expect(again.queue('q').paused).toBe(false);
  await again.broker.close();
});

it('an action that fails is told, and is no remedy in force', async () => {
  const at = await withQueue();
  const server = await remedied(at);
  server.actions.setPaused = () => Promise.reject(new SluiceError('disk-failed', 'no disk'));
  await expect(server.remedies.apply(await wish(server), ana)).rejects.toThrow('no disk');
  expect(server.remedies.runs()).toMatchObject([{ state: { kind: 'failed', why: 'no disk' } }]);
  expect(server.steps).toMatchObject([{ event: 'remedy-applied', outcome: 'failure' }]);
  await at.broker.close();
});

it('what is asked for is applied when another person approves, and lapses after an hour', async () => {
  const at = await withQueue();
  const server = await remedied(at);
  const asked = await server.remedies.ask(await wish(server), ana);
  expect(at.queue('q').paused).toBe(false);
  await expect(server.remedies.approve(asked.id, ana)).rejects.toMatchObject({ code: 'access-refused' });
  await server.remedies.approve(asked.id, ben);
  expect(at.queue('q').paused).toBe(true);
  await expect(server.remedies.approve(asked.id, ben)).rejects.toThrow('does not wait for approval');
  const late = await server.remedies.ask(await wish(server, 'resume-queue'), ana);
  at.clock.advance(3_600_000);
  await server.remedies.runOnce();
  expect(server.remedies.run(late.id).state).toMatchObject({ kind: 'refused' });
  await at.broker.close();
});

it('what has changed since it was asked for is not approved', async () => {
  const at = await withQueue();
  const server = await remedied(at);
  const { id } = await server.remedies.ask(await wish(server), ana);
  at.broker.administration.queues.pause('/', 'q');
  await expect(server.remedies.approve(id, ben)).rejects.toThrow('paused already');
  expect((await server.remedies.reject(id, ben)).state).toMatchObject({
    kind: 'refused',
    why: 'ben said no',
  });
  await at.broker.close();
});

const subject = { kind: 'queue', labels: { engine: 'embedded', vhost: '/', queue: 'q' } };

function incidentWith(state: Alert['state'], sinceMs = 1): Incident {
  const reading = { series: 'sluice_messages_ready', subject, value: 9, unit: 'messages', atMs: 1 } as const;
  const alert: Alert = {
    ...{ id: 'a1', rule: 'backlog', severity: 'warning', subject, labels: {}, state, reading },
    ...{ condition: 'more than 5', summary: 'q is long', sinceMs },
  };
  const causes = [
    {
      ...{ signature: 'slow', subject, title: 'Slow', score: 1, evidence: [] },
      remedies: [{ remedy: 'pause-queue', parameters: {}, text: '', command: '' }],
      check: { text: 'It drains.', withinSeconds: 60 },
    },
  ];
  const own = { id: 'i1', title: 'q', severity: 'warning', state: 'open', labels: {}, openedMs: 1 } as const;
  return { ...own, alerts: [alert], causes, timeline: [] };
}

interface Ruled {
  readonly server: RemediedServer;
  readonly at: SimulatedBroker;
  incident: Incident;
  mended: boolean | undefined;
  /** Lets so many seconds pass, measured ones unless said otherwise. */
  pass(seconds: number, isMeasured?: boolean): Promise<readonly RemedyRun[]>;
}

async function ruled(setting: Partial<NonNullable<Rule['remedy']>> = {}): Promise<Ruled> {
  const at = await withQueue();
  let second: number | undefined;
  const figures = {
    get second() {
      return second;
    },
    find: () => undefined,
  } as unknown as Figures;
  const remedy: NonNullable<Rule['remedy']> = {
    ...{ name: 'pause-queue', mode: 'automatic', parameters: {}, atMost: { count: 1, withinSeconds: 3_600 } },
    ...setting,
  };
  const options: RemediedOptions = {
    figures,
    incidents: () => [here.incident],
    remedyOf: () => remedy,
    isMended: () => here.mended,
  };
  const server = await remedied(at, options);
  const here: Ruled = {
    ...{ server, at, incident: incidentWith('firing'), mended: undefined },
    async pass(seconds, isMeasured = true) {
      at.clock.advance(seconds * 1_000);
      if (isMeasured) second = Math.floor(at.clock.now() / 1_000);
      await server.remedies.runOnce();
      return server.remedies.runs();
    },
  };
  return here;
}

it('a rule applies its remedy once for an alert, and it worked when its check holds', async () => {
  const here = await ruled();
  const [run] = await here.pass(5);
  expect(run).toMatchObject({ mode: 'automatic', by: 'rule backlog', state: { kind: 'applied' } });
  expect(here.at.queue('q').paused).toBe(true);
  here.mended = true;
  expect(await here.pass(5)).toMatchObject([{ state: { kind: 'done', proven: true } }]);
  expect(here.server.lines.map(({ text }) => text)).toEqual([
    expect.stringContaining("Paused queue 'q'"),
    expect.stringContaining('It worked: It drains.'),
  ]);
  await here.at.broker.close();
});

it.each([false, undefined])(
  'a remedy of a rule is undone where its check gives %s until its end',
  async (truth) => {
    const here = await ruled();
    await here.pass(5);
    here.mended = truth;
    await here.pass(30);
    expect(here.at.queue('q').paused).toBe(true);
    expect(await here.pass(31)).toMatchObject([{ state: { kind: 'undone' } }]);
    expect(here.at.queue('q').paused).toBe(false);
    await here.at.broker.close();
  },
);

it('a rule acts no more often than it may: after that a person decides', async () => {
  const here = await ruled();
  await here.pass(5);
  here.mended = false;
  await here.pass(61);
  here.incident = incidentWith('firing', 2);
  const [newest] = await here.pass(5);
  expect(newest).toMatchObject({ mode: 'approval', state: { kind: 'asked' } });
  expect(here.at.queue('q').paused).toBe(false);
  expect(here.server.lines.at(-1)!.text).toContain('a person decides');
  await here.at.broker.close();
});

it('nothing is done by a rule on what is not known', async () => {
  const here = await ruled();
  expect(await here.pass(5, false)).toEqual([]);
  here.incident = incidentWith('unknown');
  expect(await here.pass(5)).toEqual([]);
  here.incident = incidentWith('firing');
  expect(await here.pass(60, false)).toEqual([]);
  await here.at.broker.close();
});

it('a rule that wants approval asks, and says why where nothing can be done', async () => {
  const here = await ruled({ mode: 'approval' });
  expect(await here.pass(5)).toMatchObject([{ mode: 'approval', state: { kind: 'asked' } }]);
  expect(here.at.queue('q').paused).toBe(false);
  const refused = await ruled({ name: 'resume-queue' });
  await refused.pass(5);
  await refused.pass(5);
  expect(refused.server.lines.map(({ text }) => text)).toEqual([
    "resume-queue is not applied: queue 'q' is not paused already",
  ]);
  await here.at.broker.close();
  await refused.at.broker.close();
});
