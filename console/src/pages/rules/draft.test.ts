import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { draftOf, durationText, problemsByField, ruleOf } from './draft.ts';
import { yamlOf } from './yaml.ts';

const whole = {
  ...{
    name: 'orders-backlog',
    kind: 'threshold',
    of: 'queue',
    metric: 'rate(a, 5m) / b',
    above: 1e4,
    clear: 8_000,
  },
  ...{ where: { queue: 'orders.*', vhost: '/' }, except: {}, for: 300, clearFor: 60, severity: 'warning' },
  ...{ labels: { team: 'yes' }, summary: `{queue}: "{value}" # é\n`, enabled: true },
  while: [{ metric: 'sluice_consumers', above: 0 }],
};

describe('a rule while it is written', () => {
  it('says the same as before where nothing was touched', () => {
    const { rule, problems } = ruleOf(draftOf(whole));
    expect(problems).toEqual({});
    const rest: Record<string, unknown> = { ...whole };
    delete rest['name'];
    delete rest['except'];
    expect(rule).toEqual({ ...rest, for: '5m', clearFor: '1m', summary: whole.summary.trim() });
  });

  it('tells by field what cannot be read, and leaves out what is empty', () => {
    const { rule, problems } = ruleOf({
      ...{ kind: 'threshold', metric: ' a ', above: 'many', where: 'queue', while: '{', clear: '' },
    });
    expect(rule).toEqual({ kind: 'threshold', metric: 'a' });
    expect(problems).toEqual({ above: 'noNumber', where: 'noLabels', while: 'noJson' });
  });

  it('has the fields of its kind alone', () => {
    const draft = { ...draftOf(whole), kind: 'staleness', above: '2m' };
    expect(ruleOf(draft).rule).toMatchObject({ kind: 'staleness', above: '2m' });
    expect(ruleOf(draft).rule).not.toHaveProperty('clear');
  });

  it('puts what the server refuses beside its field', () => {
    const told = problemsByField(
      ['metric: there is no series x', 'while.0.metric: unknown', 'give either above or below', 'ofx: y'],
      'threshold',
    );
    expect(told.get('metric')).toBe('there is no series x');
    expect(told.get('while')).toBe('unknown');
    expect(told.get('')).toBe('give either above or below; ofx: y');
  });
});

describe('a rule as YAML', () => {
  it('is read back as the same rule', () => {
    const { rule } = ruleOf(draftOf(whole));
    const [read] = parse(yamlOf(whole.name, rule)) as [Record<string, unknown>];
    const { kind, ...rest } = rule;
    expect(kind).toBe('threshold');
    expect(read).toEqual({ name: whole.name, ...rest });
  });

  it.each([
    'true',
    'NO',
    '1',
    '1e3',
    '0x1f',
    '- a',
    'a: b',
    '#',
    '',
    ' x',
    '~',
    '\u2028',
    "it's",
    '*a',
    '5m',
  ])('keeps the text %j', (text) => {
    const [read] = parse(yamlOf('a', { kind: 'threshold', summary: text, labels: { team: text } })) as [
      { summary?: unknown; labels?: { team: unknown } },
    ];
    expect(read.summary).toBe(text);
    expect(read.labels).toEqual({ team: text });
  });

  it('writes durations as people do', () => {
    expect([0, 45, 90, 300, 7_200, 86_400].map(durationText)).toEqual(['0s', '45s', '90s', '5m', '2h', '1d']);
  });
});
