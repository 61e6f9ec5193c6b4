import { describe, expect, it } from 'vitest';
import type { Monitor } from '../../monitor/index.js';
import { queueAt, scriptStart, ScriptedFigures, type Script } from '../testing/scripted-figures.js';
import type { Alert, Incident } from '../types.js';
import { availabilityIn } from './availability.js';
import { makeReport, type ReportOptions, type ReportSources } from './make-report.js';
import { OwnerBook, ownerSettings } from './owners.js';

const seconds = 1_200;
const span = { fromSecond: scriptStart, toSecond: scriptStart + seconds };

async function recorded(script: Script): Promise<Monitor> {
  const figures = new ScriptedFigures(script);
  const monitor = await figures.open();
  for (let second = 0; second < seconds; second++) {
    await monitor.runOnce();
    figures.clock.advance(1_000);
  }
  return monitor;
}

function sourcesOf(monitor: Monitor, more: Partial<ReportSources> = {}): ReportSources {
  return {
    ...{ figures: monitor, health: monitor.health, hasAlerts: true },
    acts: { kind: 'read', records: [] },
    owners: new OwnerBook(
      ownerSettings.parse([
        { owner: 'shop', queue: 'orders*' },
        { owner: 'shop', user: 'till' },
      ]),
    ),
    ...{ connections: [], alerts: [], incidents: [], silences: [], receivers: [] },
    limitsOf: () => [],
    pause: () => Promise.resolve(),
    ...more,
  };
}

const busy: Script = (second) => {
  const at = second - scriptStart;
  return [
    queueAt('orders.eu', {
      sluice_messages_published_total: at * 10,
      sluice_messages_acknowledged_total: at * 9,
      sluice_messages_ready: at,
      sluice_messages_bytes: 1_000,
    }),
    queueAt('other', { sluice_messages_published_total: at, sluice_messages_bytes: 50 }),
  ];
};

async function reported(
  monitor: Monitor,
  more: Partial<ReportSources> = {},
  given: Partial<ReportOptions> = {},
) {
  return makeReport(sourcesOf(monitor, more), { ...span, ...given });
}

describe('usage by owner', () => {
  it('adds up queues by rule, names nobody, forecasts limits and charges', async () => {
    const monitor = await recorded(busy);
    const connections = [
      { vhost: '/', user: 'till' },
      { vhost: '/', user: 'guest' },
    ];
    const limitsOf = (_vhost: string, queue: string) =>
      queue === 'orders.eu' ? [{ what: 'messages' as const, value: 87_600 }] : [];
    const prices = { currency: 'EUR', perMillionMessages: 1_000 };
    const report = await reported(monitor, { connections, limitsOf }, prices);
    expect(report.owners.map(({ owner, queues, connections: open }) => [owner, queues, open])).toEqual([
      ['shop', 1, 1],
      ['nobody', 1, 1],
    ]);
    const [shop] = report.owners;
    // The first second of a counter that was never seen before is not known.
    expect(shop!.published).toBeGreaterThanOrEqual(11_980);
    expect(shop!.published).toBeLessThanOrEqual(11_990);
    expect(shop!.cost).toBeCloseTo(shop!.published! / 1_000);
    expect(shop!.bytesMean).toBeGreaterThan(980);
    expect(shop!.bytesMean).toBeLessThanOrEqual(1_000);
    expect(shop).toMatchObject({ bytesPeak: 1_000, limit: 'orders.eu: 87600 messages' });
    // One message a second: 86,400 more of them take a day.
    expect(shop!.daysToLimit).toBeCloseTo(1, 2);
    expect(report.risks).toContainEqual(
      expect.objectContaining({ kind: 'limit', text: expect.stringContaining('shop') as string }),
    );
    const only = await reported(monitor, { connections }, { owner: 'shop' });
    expect(only.owners.map(({ owner }) => owner)).toEqual(['shop']);
  });

  it('says how much of the span is unknown, and invents nothing for it', async () => {
    const half = scriptStart + seconds / 2;
    const monitor = await recorded((second) => (second < half ? undefined : busy(second)));
    const report = await reported(monitor);
    expect(report.owners[0]!.knownShare).toBeCloseTo(0.5, 1);
    expect(report.owners[0]!.bytesMean).toBeLessThan(520);
    const none = await reported(await recorded(() => undefined));
    expect(none.owners).toEqual([]);
    expect(none.engines).toEqual([]);
  });

  it('says from when on history knows', async () => {
    const monitor = await recorded(busy);
    const report = await reported(monitor, {}, { fromSecond: scriptStart - 3_600 });
    expect(report.unknown.join()).toContain('history begins at');
  });
});

const alert: Alert = {
  ...{ id: 'a1', rule: 'no-consumers', severity: 'warning', labels: {}, state: 'firing' },
  subject: { kind: 'queue', labels: { engine: 'embedded', vhost: '/', queue: 'orders' } },
  reading: {
    ...{ series: 'x', value: 1, unit: 'messages', atMs: 0 },
    subject: { kind: 'queue', labels: {} },
  },
  ...{ condition: 'above 1', summary: 'orders has no consumer', sinceMs: 0 },
};

function incident(id: string, more: Partial<Incident>): Incident {
  return {
    ...{ id, title: id, severity: 'warning', state: 'open', alerts: [alert], causes: [], labels: {} },
    ...{ timeline: [], openedMs: scriptStart * 1_000 },
    ...more,
  };
}

describe('the report', () => {
  it('tells open and recent incidents, what was done, what failed and what is muted', async () => {
    const monitor = await recorded(busy);
    const at = (scriptStart + 60) * 1_000;
    const cause = {
      ...{ signature: 's', subject: alert.subject, title: 'no workers', score: 1, evidence: [] },
      remedies: [{ remedy: 'add-workers', parameters: {}, text: 'add workers', command: 'sluice x' }],
    };
    const timeline = [
      { atMs: at, kind: 'remedy' as const, text: 'paused orders', by: 'ann' },
      { atMs: at + 1, kind: 'notification-failed' as const, text: 'mail: refused' },
      { atMs: 5, kind: 'remedy' as const, text: 'long ago' },
    ];
    const report = await reported(monitor, {
      alerts: [
        { ...alert, silencedBy: 's1' },
        { ...alert, id: 'a2', state: 'pending' },
      ],
      incidents: [
        incident('i1', { causes: [cause], timeline }),
        incident('i2', { state: 'resolved', resolvedMs: at }),
        incident('old', { state: 'resolved', openedMs: 1, resolvedMs: 2 }),
      ],
    });
    expect(report.incidents.map(({ id }) => id)).toEqual(['i1', 'i2']);
    expect(report.incidents[0]!.causes).toEqual(['no workers']);
    expect(report.remediesDone.map(({ text }) => text)).toEqual(['paused orders']);
    expect(report.remediesPending).toMatchObject([{ incident: 'i1', remedy: 'add-workers' }]);
    expect(report.notificationsFailed.map(({ text }) => text)).toEqual(['mail: refused']);
    expect(report.risks.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['muted-alert', 'pending-alert', 'unacknowledged-incident']),
    );
    const shop = await reported(
      monitor,
      { incidents: [incident('i1', { labels: { owner: 'shop' } }), incident('i2', {})] },
      { owner: 'shop' },
    );
    expect(shop.incidents.map(({ id }) => id)).toEqual(['i1']);
  });

  it('foretells a full disk, and says where nobody probes and deadlines were missed', async () => {
    const monitor = await recorded((second) => [
      {
        kind: 'node',
        labels: ['embedded', 'n'],
        figures: {
          sluice_disk_free_bytes: 1e9 + 1e6 * (seconds - (second - scriptStart)),
          sluice_disk_free_limit_bytes: 1e9 - 86_400e6 / 24,
        },
      },
      { kind: 'engine', labels: ['embedded'], figures: { sluice_engine_up: 1 } },
      queueAt('late', {
        sluice_messages_ready: 1,
        sluice_deadlines_missed_total: second - scriptStart,
        sluice_least_laxity_seconds: -2,
      }),
      queueAt('on-time', { sluice_messages_ready: 1, sluice_deadlines_missed_total: 0 }),
    ]);
    const { risks, engines } = await reported(monitor);
    expect(risks.find(({ kind }) => kind === 'limit')!.days).toBeCloseTo(1 / 24, 2);
    expect(risks.filter(({ kind }) => kind === 'deadline')).toEqual([
      expect.objectContaining({
        text: expect.stringMatching(/^11\d\d deadlines were missed; a message/) as string,
        subject: { kind: 'queue', labels: { engine: 'embedded', vhost: '/', queue: 'late' } },
      }),
    ]);
    expect(risks.map(({ kind }) => kind)).toContain('unprobed');
    expect(engines).toMatchObject([{ engine: 'embedded', availability: 1, failures: 0 }]);
  });

  it.each([
    ['a few minutes', (at: number) => 1e9 + 5e3 * at],
    ['what only strays', (at: number) => 2e9 + 1.5e9 * Math.sin(at * at) + 3e4 * at],
  ])('does not foretell a limit from %s', async (_, memoryAt) => {
    const monitor = await recorded((second) => [
      {
        kind: 'node',
        labels: ['embedded', 'n'],
        figures: {
          sluice_process_resident_memory_bytes: memoryAt(second - scriptStart),
          sluice_memory_limit_bytes: 4e9,
        },
      },
    ]);
    const { risks } = await reported(monitor);
    expect(risks.map(({ kind }) => kind)).not.toContain('limit');
  });
});

describe('what names itself and what is probed', () => {
  const labels = ['embedded'];

  it('takes the owner of a queue from itself where no rule names one', async () => {
    const monitor = await recorded(busy);
    const ownerIn = (): string => 'data';
    const { owners } = await reported(monitor, { ownerIn });
    expect(owners.map(({ owner, queues }) => [owner, queues])).toEqual([
      ['shop', 1],
      ['data', 1],
    ]);
  });

  it('measures availability by probe messages where there are any, and says which', async () => {
    const downFrom = 600;
    const monitor = await recorded((second) => {
      const at = second - scriptStart;
      const down = Math.min(Math.max(0, at - downFrom), 60);
      return [
        {
          ...{ kind: 'engine', labels },
          figures: {
            ...{ sluice_engine_up: 1, sluice_probe_up_seconds_total: at - down },
            ...{ sluice_probe_down_seconds_total: down, sluice_probe_outages_total: down > 0 ? 1 : 0 },
          },
        },
      ];
    });
    const [engine] = (await reported(monitor)).engines;
    expect(engine).toMatchObject({ engine: 'embedded', measuredBy: 'probe', failures: 1 });
    expect(engine!.downSeconds).toBeCloseTo(60, 0);
    expect(engine!.availability).toBeCloseTo(1_140 / 1_200, 2);
    const answering = await recorded(() => [{ kind: 'engine', labels, figures: { sluice_engine_up: 1 } }]);
    expect((await reported(answering)).engines).toMatchObject([{ measuredBy: 'engine', availability: 1 }]);
  });
});

describe('availability', () => {
  const points = (values: readonly (number | undefined)[]) =>
    values.map((value, index) => ({ second: index * 60, stepSeconds: 60, value, greatest: undefined }));

  it('counts failures, and the time from down to up of those that ended', () => {
    const values = [1, 0.5, 0, 1, 1, undefined, 1, 0, undefined, 0];
    const result = availabilityIn('e', points(values), { fromSecond: 0, toSecond: 600 });
    expect(result).toMatchObject({ failures: 2, recoverySeconds: 90, unknownSeconds: 120 });
    expect(result.upSeconds + result.downSeconds).toBe(480);
    expect(result.availability).toBeCloseTo(270 / 480);
  });

  it('is unknown where nothing is known', () => {
    const result = availabilityIn('e', points([undefined]), { fromSecond: 0, toSecond: 60 });
    expect(result).not.toHaveProperty('availability');
  });
});

describe('rules of owners', () => {
  it('need something to look at, and may not be nobody', () => {
    expect(ownerSettings.safeParse([{ owner: 'a' }]).success).toBe(false);
    expect(ownerSettings.safeParse([{ owner: 'nobody', queue: '*' }]).success).toBe(false);
    expect(ownerSettings.safeParse([{ owner: 'a', queue: '/(/' }]).success).toBe(false);
  });

  it('match in order, each by what the object has', () => {
    const book = new OwnerBook([
      { owner: 'a', queue: '/x[0-9]+/' },
      { owner: 'b', vhost: 'team', user: undefined },
      { owner: 'c', user: 'u*' },
    ]);
    expect(book.ofQueue('/', 'x12')).toBe('a');
    expect(book.ofQueue('team', 'y')).toBe('b');
    expect(book.ofQueue('/', 'u1')).toBe('nobody');
    expect(book.ofConnection('/', 'u1')).toBe('c');
    expect(book.ofConnection('/', 'v')).toBe('nobody');
  });
});

describe('acts of operators', () => {
  const records = [
    { atMs: 5, event: 'queue-paused', actor: 'ann', subject: 'queue', outcome: 'success', count: 1 },
  ];

  it('are told to who may read the audit log, and to others why not', async () => {
    const monitor = await recorded(busy);
    const told = await reported(monitor, { acts: { kind: 'read', records } });
    expect(told.acts).toMatchObject([{ actor: 'ann', event: 'queue-paused', fromMs: 5, toMs: 5 }]);
    const refused = await reported(monitor, { acts: { kind: 'refused', reason: 'not for you' } });
    expect(refused).not.toHaveProperty('acts');
    expect(refused.actsRefused).toBe('not for you');
  });

  it('that were not read are unknown', async () => {
    const monitor = await recorded(busy);
    const { unknown } = await reported(monitor, { acts: { kind: 'read', records, reachedMs: 0 } });
    expect(unknown).toContain('acts of operators before 1970-01-01T00:00:00Z were not read');
  });
});
