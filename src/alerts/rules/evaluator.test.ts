import { describe, expect, it } from 'vitest';
import { judge } from '../testing/judged.js';
import { queueAt, ScriptedFigures, scriptStart, type Script } from '../testing/scripted-figures.js';
import { defaultRules } from './default-rules.js';
import { Evaluator, type RuleChange } from './evaluator.js';
import { parseRule, type RuleDefinition } from './rule.js';

interface Told {
  readonly at: number;
  readonly rule: string;
  readonly transition: string;
  readonly name: string;
}

/** Runs rules over a script; gives what was told, but for what only began or was called off. */
async function runRules(
  definitions: readonly RuleDefinition[],
  script: Script,
  seconds: number,
  { restartAt = -1, isGone = (): boolean => false } = {},
): Promise<Told[]> {
  const figures = new ScriptedFigures(script);
  const monitor = await figures.open();
  const problems: string[] = [];
  const open = (): Evaluator => {
    const evaluator = new Evaluator({
      ...{ figures: monitor, clock: figures.clock, pause: () => Promise.resolve(), intervalSeconds: 5 },
      ...{ isGone, onProblem: (problem: string) => problems.push(problem) },
    });
    evaluator.setRules(definitions.map((each) => parseRule(each)));
    return evaluator;
  };
  let evaluator = open();
  const told: Told[] = [];
  for (let at = 0; at <= seconds; at++) {
    await monitor.runOnce();
    if (at === restartAt) {
      const standings = [...evaluator.standings()];
      evaluator = open();
      for (const { compiled, labels, progress } of standings)
        evaluator.restore(compiled.rule.name, [...labels], progress);
    }
    if (at % 5 === 0) {
      told.push(...(await evaluator.evaluate(scriptStart + at)).map((change) => toldOf(at, change)));
      await evaluator.idle();
    }
    figures.clock.advance(1_000);
  }
  await monitor.stop();
  expect(problems).toEqual([]);
  return told.filter(({ transition }) => transition !== 'pending' && transition !== 'cancelled');
}

function toldOf(at: number, { compiled, labels, transition }: RuleChange): Told {
  return { at, rule: compiled.rule.name, transition, name: labels.at(-1)! };
}

const ready = { name: 'ready', metric: 'sluice_messages_ready', above: 100, clear: 50, for: '20s' };

describe('the evaluator', () => {
  it('fires for the objects that a rule selects, and ends on figures below the clear level', async () => {
    const script: Script = (second) => {
      const at = second - scriptStart;
      const length = at < 60 ? 200 : at < 120 ? 80 : 10;
      return [
        queueAt('a', { sluice_messages_ready: length }),
        queueAt('b', { sluice_messages_ready: length }),
      ];
    };
    const told = await runRules([{ ...ready, where: { queue: 'a' } }], script, 300);
    expect(told).toEqual([
      { at: 20, rule: 'ready', transition: 'fired', name: 'a' },
      { at: 180, rule: 'ready', transition: 'resolved', name: 'a' },
    ]);
  });

  it('leaves an alert open while its object is not measured, and ends it when it is known to be gone', async () => {
    const script: Script = (second) =>
      second < scriptStart + 60 ? [queueAt('a', { sluice_messages_ready: 200 })] : [];
    expect((await runRules([ready], script, 600)).map(({ transition }) => transition)).toEqual([
      'fired',
      'unknown',
    ]);
    const ended = await runRules([ready], script, 600, { isGone: () => true });
    expect(ended.map(({ transition }) => transition)).toEqual(['fired', 'resolved']);
  });

  it('goes on in the middle of `for` after a restart', async () => {
    const script: Script = () => [queueAt('a', { sluice_messages_ready: 200 })];
    const told = await runRules([{ ...ready, for: '2m' }], script, 300, { restartAt: 60 });
    expect(told).toEqual([{ at: 120, rule: 'ready', transition: 'fired', name: 'a' }]);
  });

  it('computes rates from counters, over a counter that began again', async () => {
    const script: Script = (second) => {
      const at = second - scriptStart;
      return [queueAt('a', { sluice_messages_published_total: at < 100 ? at * 10 : (at - 100) * 10 })];
    };
    const rate = { name: 'rate', metric: 'rate(sluice_messages_published_total)', above: 9, for: 0 };
    expect(await runRules([rate], script, 200)).toEqual([
      { at: 30, rule: 'rate', transition: 'fired', name: 'a' },
    ]);
  });

  it('tells of what is absent, and what is stale', async () => {
    const script: Script = (second) => {
      const at = second - scriptStart;
      const engine = { kind: 'engine', labels: ['embedded'], figures: { sluice_engine_up: 1 } };
      return [engine, at < 100 || at > 400 ? queueAt('a', { sluice_messages_ready: 1 }) : queueAt('b', {})];
    };
    const rules = [
      { name: 'absent', kind: 'absence', where: { engine: 'embedded', vhost: '/', queue: 'a' }, for: '1m' },
      { name: 'stale', kind: 'staleness', where: { queue: 'a' }, above: '2m' },
    ];
    const told = await runRules(rules, script, 600);
    const byRule = told.toSorted((a, b) => a.at - b.at || a.rule.localeCompare(b.rule));
    expect(byRule).toEqual([
      { at: 160, rule: 'absent', transition: 'fired', name: 'a' },
      { at: 220, rule: 'stale', transition: 'fired', name: 'a' },
      { at: 465, rule: 'absent', transition: 'resolved', name: 'a' },
      { at: 465, rule: 'stale', transition: 'resolved', name: 'a' },
    ]);
  });

  it('foresees when a limit is reached', async () => {
    const script: Script = (second) => {
      const at = second - scriptStart;
      return [
        queueAt('a', { sluice_messages_ready: at * 10 + (at % 7) }),
        queueAt('b', { sluice_messages_ready: 5 }),
      ];
    };
    const rule = {
      ...{ name: 'forecast', kind: 'forecast', metric: 'sluice_messages_ready' },
      ...{ over: '5m', above: 100_000, within: '2h' },
    };
    const [first, ...rest] = await runRules([rule], script, 3_600);
    expect(rest).toEqual([]);
    // At ten a second the limit is 10,000 s away at the start, and 7,200 s away after 2,800 s.
    expect(first!.at).toBeGreaterThanOrEqual(2_700);
    expect(first!.at).toBeLessThan(2_900);
  }, 30_000);

  it('burns an error budget in both windows before it fires', async () => {
    const script: Script = (second) => {
      const at = second - scriptStart;
      const failed = at < 600 ? 0 : (at - 600) * 5;
      return [
        queueAt('a', {
          sluice_messages_dead_lettered_total: failed,
          sluice_messages_published_total: at * 10,
        }),
      ];
    };
    const rule = {
      ...{ name: 'burn', kind: 'burn-rate', objective: 0.99 },
      ...{ bad: 'sluice_messages_dead_lettered_total', total: 'sluice_messages_published_total' },
      windows: [{ factor: 14.4, long: '10m', short: '1m' }],
    };
    const [first] = await runRules([rule], script, 1_200);
    // 14.4 % of ten minutes, at half of all failing: 173 s after it began.
    expect(first!.at).toBeGreaterThan(600 + 165);
    expect(first!.at).toBeLessThan(600 + 210);
  }, 30_000);

  it('says nothing of a quiet, busy hour by the rules that come with Sluice', async () => {
    const script: Script = quietHour();
    const rules = defaultRules.map(({ definition }) => definition);
    expect(await runRules(rules, script, 3_600)).toEqual([]);
  }, 60_000);
});

/** Bursts every ten minutes that drain in under two, steady work beside them, a healthy node. */
function quietHour(): Script {
  let [published, acknowledged] = [0, 0];
  return (second) => {
    const at = second - scriptStart;
    published += at % 600 < 20 ? 500 : 20;
    const taken = Math.min(published - acknowledged, 130);
    acknowledged += taken;
    const length = published - acknowledged;
    return [
      queueAt('work', {
        ...{ sluice_messages_published_total: published, sluice_messages_delivered_total: acknowledged },
        ...{
          sluice_messages_acknowledged_total: acknowledged,
          sluice_messages_ready: length,
          sluice_consumers: 3,
        },
        ...{ sluice_messages_redelivered_total: 0, sluice_messages_dead_lettered_total: 0 },
        ...{
          sluice_messages_expired_total: 0,
          sluice_messages_dropped_total: 0,
          sluice_deadlines_missed_total: 0,
        },
        sluice_oldest_message_age_seconds: length / 130,
      }),
      queueAt('parked', {
        sluice_messages_ready: 40,
        sluice_consumers: 0,
        sluice_messages_published_total: 40,
      }),
      {
        ...{ kind: 'node', labels: ['embedded', 'host'] },
        figures: {
          ...{ sluice_disk_free_bytes: 5e10 - (at % 900) * 1e6, sluice_disk_free_limit_bytes: 2.7e8 },
          ...{ sluice_process_resident_memory_bytes: 3e8, sluice_memory_limit_bytes: 3e9 },
          ...{ sluice_process_open_descriptors: 60, sluice_process_descriptors_limit: 1_024 },
          sluice_event_loop_delay_seconds_p99: 0.02,
        },
      },
      {
        kind: 'engine',
        labels: ['embedded'],
        figures: { sluice_engine_up: 1, sluice_journal_sync_seconds_p99: 0.01 },
      },
    ];
  };
}

describe('rules that are changed while others run', () => {
  const rate = { name: 'rate', metric: 'rate(sluice_messages_published_total, 5m)', above: 9, for: '2m' };
  const script: Script = (second) => [
    queueAt('a', {
      sluice_messages_published_total: (second - scriptStart) * 10,
      sluice_messages_acknowledged_total: (second - scriptStart) * 10,
    }),
  ];
  const changed = (more: object) => (at: number, evaluator: Evaluator) => {
    if (at === 200) evaluator.setRules([parseRule(rate), parseRule({ name: 'more', above: 9, ...more })]);
  };

  it('take nothing from those that stay: what was measured stays known, and `for` goes on', async () => {
    const left = await judge([rate], script, { seconds: 400 });
    expect(left).toEqual([{ at: 270, rule: 'rate', transition: 'fired', name: 'a' }]);
    const onSecond = changed({ metric: 'rate(sluice_messages_acknowledged_total, 5m)' });
    const told = await judge([rate], script, { seconds: 400, onSecond });
    // The other counter is known from then on: half of its five minutes later.
    expect(told).toEqual([...left, { at: 350, rule: 'more', transition: 'fired', name: 'a' }]);
  });

  it('keep what is known where more of the past is asked for', async () => {
    const short = { ...rate, metric: 'rate(sluice_messages_published_total, 1m)' };
    const onSecond = (at: number, evaluator: Evaluator): void => {
      if (at === 200)
        evaluator.setRules([
          parseRule(short),
          parseRule({ ...rate, name: 'long', for: 0, metric: 'rate(sluice_messages_published_total, 2m)' }),
        ]);
    };
    const told = await judge([short], script, { seconds: 300, onSecond });
    expect(told.find(({ rule: name }) => name === 'long')).toMatchObject({ at: 200 });
  });
});
