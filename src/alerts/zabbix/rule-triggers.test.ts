/** Rules as Zabbix triggers: what is said is what the rule says, and what cannot be said is told. */
import { describe, expect, it } from 'vitest';
import { itemKinds } from '../../monitor/zabbix/index.js';
import { defaultRules } from '../rules/default-rules.js';
import { parseRule, type RuleDefinition } from '../rules/rule.js';
import { defaultTriggers } from './default-triggers.js';
import { ruleTriggers } from './rule-triggers.js';

const series = new Set(itemKinds.flatMap(({ items }) => items.map((item) => item.series.name)));

function triggersOf(definition: RuleDefinition): ReturnType<typeof ruleTriggers> {
  return ruleTriggers([{ rule: parseRule({ name: 'test-rule', ...definition }), help: 'What it means.' }]);
}

function expressionOf(definition: RuleDefinition): string | undefined {
  return triggersOf(definition).triggers[0]?.expression;
}

describe('the rules that come with Sluice', () => {
  const { triggers, leftOut } = defaultTriggers();

  it('are all said, or left out with a reason', () => {
    const told = [...triggers.map(({ id }) => id), ...leftOut.map(({ rule }) => rule)];
    expect(told.sort()).toEqual(defaultRules.map(({ name }) => name).sort());
    expect(leftOut.map(({ rule }) => rule)).toEqual(['hung-consumer', 'notification-broken']);
  });

  it('look at items that there are, and divide nothing', () => {
    for (const { expression, recovery = '' } of triggers) {
      for (const [, name] of `${expression} ${recovery}`.matchAll(/<(sluice_\w+)>/g))
        expect(series).toContain(name);
      expect(expression + recovery).not.toContain('/');
    }
  });

  it('name every threshold that they use', () => {
    for (const { id, expression, recovery = '', thresholds } of triggers) {
      const used = [...`${expression} ${recovery}`.matchAll(/<\$([A-Z0-9_.]+)>/g)].map(([, macro]) => macro);
      expect(new Set(used), id).toEqual(new Set(thresholds.map(({ macro }) => macro)));
      for (const { value } of thresholds) expect(Number(value), id).not.toBeNaN();
    }
  });
});

describe('a rule', () => {
  it('that holds for a while is a bound of all values of that time', () => {
    const rule = { metric: 'sluice_messages_ready', above: 100, clear: 50, for: '10m', clearFor: '5m' };
    expect(triggersOf(rule).triggers).toEqual([
      {
        ...{ kind: 'queue', id: 'test-rule', name: 'test rule', severity: 'WARNING' },
        expression: 'min(<sluice_messages_ready>,600s)><$SLUICE.TEST_RULE>',
        recovery: 'max(<sluice_messages_ready>,300s)<=<$SLUICE.TEST_RULE.CLEAR>',
        thresholds: [
          { macro: 'SLUICE.TEST_RULE', value: '100', description: 'Rule test-rule: fires above this level.' },
          {
            macro: 'SLUICE.TEST_RULE.CLEAR',
            value: '50',
            description: 'Rule test-rule: is over below this level.',
          },
        ],
        description: 'What it means.',
      },
    ]);
  });

  it('below a level looks at the greatest value', () => {
    expect(expressionOf({ metric: 'sluice_consumers', below: 2, for: '5m' })).toBe(
      'max(<sluice_consumers>,300s)<<$SLUICE.TEST_RULE>',
    );
  });

  it('without a time looks at the last value', () => {
    expect(expressionOf({ of: 'alarm', metric: 'sluice_alarm', above: 0 })).toBe(
      'last(<sluice_alarm>)><$SLUICE.TEST_RULE>',
    );
  });

  it('of a share is compared as a product, so that no traffic is no failure', () => {
    const metric =
      'share(rate(sluice_messages_dropped_total, 5m), rate(sluice_messages_published_total, 5m))';
    expect(expressionOf({ metric, above: 0.1 })).toBe(
      'avg(<sluice_messages_dropped_total>,300s)><$SLUICE.TEST_RULE>*avg(<sluice_messages_published_total>,300s)',
    );
  });

  it('with a second condition needs both', () => {
    const guard = { metric: 'sluice_consumers', below: 1 };
    expect(expressionOf({ metric: 'sluice_messages_ready', above: 0, for: '5m', while: [guard] })).toBe(
      'min(<sluice_messages_ready>,300s)><$SLUICE.TEST_RULE> and max(<sluice_consumers>,300s)<1',
    );
  });

  it('that burns an objective looks at both windows', () => {
    const rule = {
      ...{
        of: 'task',
        kind: 'burn-rate',
        bad: 'sluice_task_failed_total',
        total: 'sluice_task_attempts_total',
      },
      ...{ objective: 0.999, windows: [{ factor: 10, long: '1h', short: '5m' }] },
    };
    const burns = (window: string): string =>
      `avg(<sluice_task_failed_total>,${window})>0.01*avg(<sluice_task_attempts_total>,${window})`;
    expect(expressionOf(rule)).toBe(`(${burns('3600s')} and ${burns('300s')})`);
  });

  it.each([
    ['is about some objects', { metric: 'sluice_messages_ready', above: 1, where: { queue: 'a*' } }],
    ['is about consumers', { of: 'consumer', metric: 'sluice_consumer_prefetch_limit', above: 1 }],
    ['compares a counter', { metric: 'sluice_messages_published_total', above: 1 }],
    ['looks back', { metric: 'sluice_messages_ready - past(sluice_messages_ready, 1h)', above: 1 }],
    ['divides within a sum', { metric: 'sluice_messages_ready / sluice_consumers + 1', above: 1 }],
    ['compares with earlier days', { kind: 'anomaly', metric: 'sluice_messages_ready' }],
  ])('is left out where it %s', (_, definition) => {
    const { triggers, leftOut } = triggersOf(definition);
    expect(triggers).toEqual([]);
    expect(leftOut).toEqual([{ rule: 'test-rule', reason: expect.stringMatching(/\w{3}/) as string }]);
  });

  it('that is turned off is not told of', () => {
    expect(triggersOf({ metric: 'sluice_consumers', below: 1, enabled: false })).toEqual({
      triggers: [],
      leftOut: [],
    });
  });
});
