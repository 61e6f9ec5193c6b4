import { expect, it } from 'vitest';
import { FormulaFigures } from '../testing/formula-figures.js';
import { queueAt, scriptStart, type Script } from '../testing/scripted-figures.js';
import { parseRule } from './rule.js';
import { tryRule, type RuleTrial } from './trial.js';

const engine = { kind: 'engine', labels: ['embedded'], figures: { sluice_engine_up: 1 } };

/** Tries a rule a thousand seconds after the beginning. */
async function tried(definition: object, script: Script): Promise<RuleTrial> {
  const figures = new FormulaFigures(script);
  figures.measure(scriptStart + 1_000);
  const problems: string[] = [];
  const trial = await tryRule(parseRule({ name: 'r', ...definition }), figures, (problem) =>
    problems.push(problem),
  );
  expect(problems).toEqual([]);
  return trial;
}

function verdicts({ objects }: RuleTrial): string[] {
  return objects.map(({ labels, verdict, text }) => `${labels['queue'] ?? ''} ${verdict} ${text}`.trim());
}

it('a rule that is tried says what it judges of each object, those that fire first', async () => {
  const lengths: Readonly<Record<string, number>> = { a: 5, b: 200, c: 80, d: NaN };
  const script: Script = () =>
    Object.entries(lengths).map(([name, length]) => queueAt(name, { sluice_messages_ready: length }));
  const trial = await tried({ metric: 'sluice_messages_ready', above: 100, clear: 50, for: '5m' }, script);
  expect(verdicts(trial)).toEqual(['b fires 200', 'c between 80', 'd unknown', 'a quiet 5']);
  expect(trial.counts).toEqual({ fires: 1, between: 1, unknown: 1, quiet: 1 });
  expect(trial.condition).toBe('sluice_messages_ready more than 100 for 5m');
});

it('reads rates, guards and lines from history', async () => {
  const script: Script = (second) => [
    queueAt('a', {
      sluice_messages_published_total: (second - scriptStart) * 10,
      sluice_messages_ready: (second - scriptStart) * 10,
      sluice_consumers: 1,
    }),
  ];
  const rate = { metric: 'rate(sluice_messages_published_total, 5m)', above: 9 };
  expect(verdicts(await tried(rate, script))).toEqual(['a fires 10/s']);
  expect(
    verdicts(await tried({ ...rate, while: [{ metric: 'sluice_consumers', below: 1 }] }, script)),
  ).toEqual(['a quiet']);
  const forecast = {
    kind: 'forecast',
    metric: 'sluice_messages_ready',
    over: '10m',
    above: 20_000,
    within: '20m',
  };
  const [line] = verdicts(
    await tried(
      { ...forecast, while: [{ metric: 'rate(sluice_messages_published_total, 5m)', above: 1 }] },
      script,
    ),
  );
  expect(line).toMatch(/^a fires 16 min/);
});

it('knows what is absent and what is stale', async () => {
  const absent = { kind: 'absence', where: { queue: 'a' } };
  expect(verdicts(await tried(absent, () => [engine]))).toEqual(['a fires']);
  expect(verdicts(await tried(absent, () => [queueAt('b', {})]))).toEqual(['a unknown']);
  expect(verdicts(await tried(absent, () => [engine, queueAt('a', {})]))).toEqual(['a quiet']);
  const since =
    (silent: number): Script =>
    (second) => [queueAt('a', second - scriptStart > 1_000 - silent ? {} : { sluice_messages_ready: 1 })];
  const stale = { kind: 'staleness', metric: 'sluice_messages_ready', above: '2m' };
  expect(verdicts(await tried(stale, since(100)))).toEqual(['a quiet']);
  expect(verdicts(await tried(stale, since(200)))).toEqual(['a fires']);
});
