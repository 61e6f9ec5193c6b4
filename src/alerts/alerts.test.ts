import { describe, expect, it } from 'vitest';
import { SimulatedDisk } from '../kernel/index.js';
import type { Monitor } from '../monitor/index.js';
import { Alerts, type AlertsOptions } from './alerts.js';
import { logName } from './incidents/alert-log.js';
import { alertSettings } from './settings.js';
import { queueAt, ScriptedFigures, scriptStart, type Script } from './testing/scripted-figures.js';
import type { IncidentNews } from './types.js';

const rule = {
  name: 'ready',
  metric: 'sluice_messages_ready',
  above: 100,
  clear: 50,
  for: '10s',
  clearFor: '10s',
};
const none = { without: [] as string[] };

interface World {
  readonly figures: ScriptedFigures;
  readonly monitor: Monitor;
  readonly news: IncidentNews[];
  readonly problems: string[];
  alerts: Alerts;
  run(seconds: number): Promise<void>;
  reopen(): Promise<void>;
}

async function world(
  script: Script,
  settings: object = {},
  more: Partial<AlertsOptions> = {},
): Promise<World> {
  const figures = new ScriptedFigures(script);
  const monitor = await figures.open();
  const [news, problems]: [IncidentNews[], string[]] = [[], []];
  const open = async (): Promise<Alerts> => {
    const alerts = await Alerts.open({
      ...{ clock: figures.clock, disk: figures.disk, directory: '/data', figures: monitor },
      settings: alertSettings.parse({ rules: [rule], ...none, ...settings }),
      pause: () => Promise.resolve(),
      onProblem: (problem) => problems.push(problem),
      ...more,
    });
    alerts.onNews((each) => news.push(each));
    return alerts;
  };
  const made: World = {
    ...{ figures, monitor, news, problems },
    alerts: await open(),
    async run(seconds) {
      for (let at = 0; at < seconds; at++) {
        await monitor.runOnce();
        if (Math.floor(figures.clock.now() / 1_000) % 5 === 0) await made.alerts.runOnce();
        figures.clock.advance(1_000);
      }
    },
    async reopen() {
      await made.alerts.stop();
      made.alerts = await open();
    },
  };
  return made;
}

/** Queues with their lengths by seconds since the start; what is left out is not measured. */
function lengths(at: (second: number) => Readonly<Record<string, number>> | undefined): Script {
  return (second) =>
    Object.entries(at(second - scriptStart) ?? {}).map(([queue, length]) =>
      queueAt(queue, { sluice_messages_ready: length }),
    );
}

function told({ news }: World): string[] {
  return news.filter(({ isSilenced }) => !isSilenced).map(({ event }) => event.kind);
}

describe('alerts', () => {
  it('open an incident, and resolve it on the figure that says so', async () => {
    const here = await world(lengths((at) => ({ a: at < 60 ? 200 : 5 })));
    await here.run(40);
    const [incident] = here.alerts.incidents();
    expect(incident).toMatchObject({ state: 'open', severity: 'warning' });
    expect(incident!.alerts[0]).toMatchObject({ state: 'firing', rule: 'ready', reading: { value: 200 } });
    expect(here.alerts.counts().incidentsOpen.warning).toBe(1);
    await here.run(60);
    expect(here.alerts.incident(incident!.id)).toMatchObject({ state: 'resolved' });
    expect(told(here)).toEqual(['opened', 'alert-resolved', 'resolved']);
    expect(here.news[1]!.event.text).toContain('sluice_messages_ready is 5');
    expect(here.problems).toEqual([]);
  });

  it('never resolve because figures are missing', async () => {
    const here = await world(lengths((at) => (at < 30 ? { a: 200 } : {})));
    await here.run(600);
    expect(here.alerts.incidents()[0]).toMatchObject({ state: 'open' });
    expect(here.alerts.alerts()[0]).toMatchObject({ state: 'unknown' });
  });

  it('gather alerts of one rule that fire together, and of linked objects', async () => {
    const dead = { kind: 'queue', labels: { engine: 'embedded', vhost: '/', queue: 'dead' } };
    const links: NonNullable<AlertsOptions['links']> = ({ labels: { queue } }) =>
      queue === 'a' ? [dead] : [];
    const script = lengths((at) => ({ a: 200, b: 200, dead: at < 400 ? 5 : 200 }));
    const apart = await world(script);
    await apart.run(500);
    expect(apart.alerts.incidents().map(({ alerts }) => alerts.length)).toEqual([1, 2]);
    const linked = await world(script, {}, { links });
    await linked.run(500);
    expect(linked.alerts.incidents()).toHaveLength(1);
  });

  it('gather what a task and its queue show, whichever of them is seen first', async () => {
    const own = { kind: 'queue', labels: { engine: 'embedded', vhost: '/', queue: 'sluice.tasks.charge' } };
    const links: NonNullable<AlertsOptions['links']> = ({ kind }) => (kind === 'task' ? [own] : []);
    const failing = { name: 'failing', of: 'task', metric: 'sluice_task_queue_length', above: 100 };
    for (const [queueAfter, taskAfter] of [
      [0, 300],
      [300, 0],
    ] as const) {
      const script: Script = (second) => [
        queueAt('sluice.tasks.charge', {
          sluice_messages_ready: second - scriptStart < queueAfter ? 5 : 200,
        }),
        {
          ...{ kind: 'task', labels: ['embedded', 'charge'] },
          figures: { sluice_task_queue_length: second - scriptStart < taskAfter ? 5 : 200 },
        },
      ];
      const here = await world(script, { rules: [rule, failing] }, { links });
      await here.run(400);
      const rules = here.alerts.incidents().map(({ alerts }) => alerts.map(({ rule: name }) => name));
      expect(rules).toEqual([queueAfter === 0 ? ['ready', 'failing'] : ['failing', 'ready']]);
    }
  });

  it('come back to the incident of before, within the time for that', async () => {
    const here = await world(lengths((at) => ({ a: at < 60 || at > 200 ? 200 : 5 })));
    await here.run(300);
    expect(told(here)).toEqual(['opened', 'alert-resolved', 'resolved', 'reopened', 'alert-fired']);
    expect(here.alerts.incidents()).toHaveLength(1);
    const later = await world(
      lengths((at) => ({ a: at < 60 || at > 200 ? 200 : 5 })),
      { reopenWithin: '1m' },
    );
    await later.run(300);
    expect(later.alerts.incidents()).toHaveLength(2);
  });

  it('go on after a restart, with pending conditions, acknowledgements and comments', async () => {
    const here = await world(
      lengths(() => ({ a: 200, b: 200 })),
      {
        rules: [rule, { ...rule, name: 'longer', for: '2m' }],
      },
    );
    await here.run(61);
    const { id } = here.alerts.incidents()[0]!;
    await here.alerts.acknowledge(id, 'ada');
    await here.alerts.comment(id, 'ada', 'on it');
    await here.reopen();
    expect(here.alerts.incident(id)).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'ada' });
    expect(here.alerts.incident(id)!.timeline.at(-1)).toMatchObject({
      kind: 'comment',
      text: 'on it',
      by: 'ada',
    });
    await here.run(70);
    const fired = here.alerts.alerts().filter(({ rule: name }) => name === 'longer');
    expect(fired.map(({ state, sinceMs }) => [state, sinceMs])).toEqual([
      ['firing', scriptStart * 1_000],
      ['firing', scriptStart * 1_000],
    ]);
    expect(told(here).filter((kind) => kind === 'opened')).toHaveLength(1);
    expect(here.problems).toEqual([]);
  });

  it('tell nobody while a silence covers everything, and everyone when it ends', async () => {
    const here = await world(lengths(() => ({ a: 200 })));
    const request = { forMs: 120_000, by: 'ada', reason: 'deployment' };
    const silence = await here.alerts.addSilence({ ...request, match: { queue: 'a*', rule: 'ready' } });
    await here.run(60);
    expect(here.alerts.incidents()).toHaveLength(1);
    expect(told(here)).toEqual([]);
    await here.alerts.endSilence(silence.id);
    expect(told(here)).toEqual(['opened']);
    await expect(here.alerts.endSilence('none')).rejects.toMatchObject({ code: 'not-found' });
    await expect(here.alerts.addSilence({ ...request, match: {} })).rejects.toThrow('match');
  });

  it('hold back what an engine that is down explains', async () => {
    const script: Script = (second) => {
      const at = second - scriptStart;
      const up = {
        kind: 'engine',
        labels: ['embedded'],
        figures: { sluice_engine_up: at < 10 || at > 300 ? 1 : 0 },
      };
      return [up, queueAt('a', { sluice_messages_ready: at > 60 ? 200 : 5 })];
    };
    const here = await world(script);
    await here.run(200);
    expect(told(here)).toEqual(['opened']);
    const [incident] = here.alerts.incidents();
    expect(incident!.severity).toBe('critical');
    expect(incident!.alerts.find(({ rule: name }) => name === 'ready')).toMatchObject({
      inhibitedBy: incident!.alerts[0]!.id,
    });
    await here.run(250);
    expect(told(here)).toEqual(['opened', 'alert-resolved', 'alert-fired']);
  });

  it('escalate what nobody acknowledges', async () => {
    const escalation = [{ after: '2m', severity: 'critical', labels: { team: 'platform' } }];
    const here = await world(
      lengths(() => ({ a: 200 })),
      { escalation },
    );
    await here.run(200);
    expect(here.alerts.incidents()[0]).toMatchObject({ severity: 'critical', labels: { team: 'platform' } });
    const acknowledged = await world(
      lengths(() => ({ a: 200 })),
      { escalation },
    );
    await acknowledged.run(60);
    await acknowledged.alerts.acknowledge(acknowledged.alerts.incidents()[0]!.id, 'ada');
    await acknowledged.run(200);
    expect(told(acknowledged)).toEqual(['opened', 'acknowledged']);
  });

  it('stay silent, and open again, also where that was said within the second of an evaluation', async () => {
    const here = await world(lengths(() => ({ a: 200 })));
    await here.run(20);
    const [incident] = here.alerts.incidents();
    const lines = (): readonly string[] =>
      here.alerts
        .incident(incident!.id)!
        .timeline.slice(1)
        .map(({ kind }) => kind);
    const evaluate = async (): Promise<void> => {
      await here.monitor.runOnce();
      await here.alerts.runOnce();
    };
    here.figures.clock.advance(5_300);
    const request = { match: { queue: 'a' }, forMs: 60_000, by: 'ada', reason: 'moving' };
    const { id } = await here.alerts.addSilence(request);
    here.figures.clock.advance(200);
    await evaluate();
    expect(lines()).toEqual(['silenced']);
    here.figures.clock.advance(4_800);
    await here.alerts.endSilence(id);
    here.figures.clock.advance(200);
    await evaluate();
    expect(lines()).toEqual(['silenced', 'opened']);
  });

  it('begin to escalate anew when they come back, and not while a silence covers them', async () => {
    const settings = { escalation: [{ after: '5m', severity: 'critical' }], reopenWithin: '1h' };
    const back = await world(
      lengths((at) => ({ a: at < 60 || at > 600 ? 200 : 5 })),
      settings,
    );
    await back.run(800);
    expect(back.alerts.incidents()[0]).toMatchObject({ state: 'open', severity: 'warning' });
    await back.run(150);
    expect(back.alerts.incidents()[0]).toMatchObject({ severity: 'critical' });
    const silenced = await world(
      lengths(() => ({ a: 200 })),
      settings,
    );
    await silenced.alerts.addSilence({ match: { queue: 'a' }, forMs: 600_000, by: 'ada', reason: 'moving' });
    await silenced.run(800);
    expect(silenced.alerts.incidents()[0]).toMatchObject({ severity: 'warning' });
    await silenced.run(150);
    expect(silenced.alerts.incidents()[0]).toMatchObject({ severity: 'critical' });
  });

  it('follow rules that are put and removed, and signals of the program', async () => {
    const here = await world(
      lengths(() => ({ a: 200 })),
      { rules: [{ name: 'told', kind: 'signal', of: 'receiver', for: 0, clearFor: 0 }] },
    );
    await here.alerts.putRule({ ...rule, name: 'mine' });
    const broken = { ...rule, name: 'mine', above: undefined };
    await expect(here.alerts.putRule(broken)).rejects.toThrow('above or below');
    const subject = { kind: 'receiver', labels: { receiver: 'pager' } };
    here.alerts.signal({ rule: 'told', subject, holds: true });
    await here.run(30);
    expect(here.alerts.alerts().map(({ rule: name }) => name)).toEqual(['told', 'mine']);
    await here.reopen();
    expect(here.alerts.rules().find(({ rule: { name } }) => name === 'mine')).toMatchObject({
      source: 'api',
    });
    here.alerts.signal({ rule: 'told', subject, holds: false, why: 'it is gone' });
    await here.alerts.removeRule('mine');
    await here.run(10);
    expect(here.alerts.alerts()).toEqual([]);
    expect(here.news.some(({ event: { text } }) => text.endsWith('it is gone'))).toBe(true);
    expect(here.problems).toEqual([]);
  });

  it('go on under other settings: what escalated stays so, and nothing is held back without a reason', async () => {
    const down = { kind: 'engine', labels: ['embedded'], figures: { sluice_engine_up: 0 } };
    const mine = { by: 'engine-down', kinds: ['node'], equal: ['engine'] };
    const here = await world(
      (second) => [
        { kind: 'node', labels: ['embedded', 'one'], figures: { sluice_process_resident_memory_bytes: 2 } },
        ...(second - scriptStart < 60 ? [] : [queueAt('a', { sluice_messages_ready: 200 })]),
        down,
      ],
      {
        rules: [
          rule,
          { name: 'big', of: 'node', metric: 'sluice_process_resident_memory_bytes', above: 1, for: '30s' },
        ],
        inhibit: [mine],
        escalation: [{ after: '2m', labels: { team: 'one' } }],
      },
    );
    await here.run(200);
    const held = (): readonly string[] =>
      here.alerts
        .alerts()
        .filter(({ inhibitedBy }) => inhibitedBy !== undefined)
        .map(({ rule: name }) => name);
    expect(held().toSorted()).toEqual(['big', 'ready']);
    expect(told(here)).toEqual(['opened', 'escalated']);
    const escalation = [
      { after: '2m', labels: { team: 'one' } },
      { after: '5m', labels: { team: 'two' } },
    ];
    const rules = here.alerts
      .rules()
      .flatMap(({ rule: each, source }) => (source === 'default' ? [] : [each]));
    await here.alerts.configure({ ...alertSettings.parse({ ...none, escalation }), rules });
    expect(held()).toEqual(['ready']);
    expect(told(here)).toEqual(['opened', 'escalated', 'alert-fired']);
    await here.run(150);
    expect(told(here)).toEqual(['opened', 'escalated', 'alert-fired', 'escalated']);
    expect(here.alerts.incidents()[0]).toMatchObject({ labels: { team: 'two' } });
    expect(here.problems).toEqual([]);
  });

  it('are not evaluated while the settings say no', async () => {
    const here = await world(lengths(() => ({ a: 200 })));
    here.alerts.start();
    const settings = alertSettings.parse({ rules: [rule], ...none });
    await here.alerts.configure({ ...settings, enabled: false });
    expect(here.figures.clock.nextTimerMs).toBe(Infinity);
    await here.alerts.configure(settings);
    expect(here.figures.clock.nextTimerMs).toBeLessThan(Infinity);
    await here.alerts.stop();
    await here.alerts.configure(settings);
    expect(here.figures.clock.nextTimerMs).toBe(Infinity);
  });

  it('show the causes that diagnosis names', async () => {
    const here = await world(lengths(() => ({ a: 200 })));
    const cause = { signature: 'slow', title: 'Slow', score: 1, evidence: [], remedies: [] };
    here.alerts.setDiagnosis(({ alerts: [first] }) => [{ ...cause, subject: first!.subject }]);
    await here.run(30);
    expect(here.alerts.incidents()[0]!.causes[0]).toMatchObject({ signature: 'slow' });
    expect(told(here)).toEqual(['opened', 'cause']);
  });

  it('survive a torn tail and a damaged line of their log', async () => {
    const here = await world(lengths(() => ({ a: 200 })));
    await here.run(30);
    const { id } = here.alerts.incidents()[0]!;
    await here.alerts.stop();
    await append(here.figures.disk, 'deadbeef {"type":"event"}\n00000000 torn');
    here.alerts = await reopened(here);
    expect(here.alerts.incident(id)).toBeDefined();
    expect(here.problems).toEqual([expect.stringContaining('torn tail')]);
    await here.alerts.stop();
    await append(here.figures.disk, 'deadbeef {}\n');
    here.alerts = await reopened(here);
    await here.alerts.comment(id, 'ada', 'still here');
    await here.alerts.stop();
    here.alerts = await reopened(here);
    expect(here.alerts.incident(id)!.timeline.at(-1)!.text).toBe('still here');
  });
});

async function reopened({ figures, monitor, problems }: World): Promise<Alerts> {
  return Alerts.open({
    ...{ clock: figures.clock, disk: figures.disk, directory: '/data', figures: monitor },
    settings: alertSettings.parse({ rules: [rule] }),
    pause: () => Promise.resolve(),
    onProblem: (problem) => problems.push(problem),
  });
}

async function append(disk: SimulatedDisk, text: string): Promise<void> {
  const file = await disk.open(`/data/alerts/${logName}`, 'read-write');
  await file.write([Buffer.from(text)], await file.size());
  await file.close();
}
