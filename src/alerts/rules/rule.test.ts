import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../kernel/index.js';
import { compileRule } from './compile.js';
import { defaultRules } from './default-rules.js';
import { parseRule } from './rule.js';
import { rulesText } from '../testing/rules-text.js';
import { labelMatcher, textMatcher } from './selector.js';

const least = { name: 'a-rule', metric: 'sluice_messages_ready', above: 10 };

function refusal(rule: Record<string, unknown>): string {
  try {
    parseRule(rule);
  } catch (problem) {
    expect(problem).toBeInstanceOf(SluiceError);
    return (problem as SluiceError).message;
  }
  return 'accepted';
}

describe('rules', () => {
  it('take their defaults, and durations in seconds', () => {
    const rule = parseRule({ ...least, for: '5m' });
    expect(rule).toMatchObject({ kind: 'threshold', of: 'queue', for: 300, clearFor: 60, enabled: true });
  });

  it('leave out what `except` names by any label, and refuse labels that are not there', () => {
    const rule = { ...least, where: { vhost: '/' }, except: { queue: 'sluice.dead.*', engine: 'far' } };
    const { matches } = compileRule(parseRule(rule))!;
    expect(matches(['near', '/', 'orders'])).toBe(true);
    expect(matches(['near', '/', 'sluice.dead.orders'])).toBe(false);
    expect(matches(['far', '/', 'orders'])).toBe(false);
    expect(matches(['near', 'other', 'orders'])).toBe(false);
    expect(refusal({ ...least, except: { topic: 'x' } })).toContain(
      "except.topic: there is no label 'topic'",
    );
  });

  it('name the dead letters that nobody is expected to take, and no other queue', () => {
    const { definition } = defaultRules.find(({ name }) => name === 'no-consumers')!;
    const { matches } = compileRule(parseRule(definition))!;
    const isJudged = (queue: string): boolean => matches(['embedded', '/', queue]);
    const dead = [
      'sluice.dead.orders',
      'orders.dlq',
      'orders-dead-letter',
      'dead_letters',
      'dlx',
      'parking.lot',
    ];
    expect(dead.filter(isJudged)).toEqual([]);
    const living = ['orders', 'deadlines', 'undead', 'sluice.tasks.parkour', 'parks'];
    expect(living.filter(isJudged)).toEqual(living);
  });

  it('are refused with what is wrong', () => {
    expect(refusal({ ...least, metric: 'sluice_messages_redy' })).toContain('sluice_messages_redy');
    expect(refusal({ ...least, above: undefined })).toContain('above or below');
    expect(refusal({ ...least, clear: 20 })).toContain('clear');
    expect(refusal({ ...least, where: { topic: 'x' } })).toContain("no label 'topic'");
    expect(refusal({ ...least, where: { queue: '/(/' } })).not.toBe('accepted');
    expect(refusal({ ...least, of: 'quewe' })).toContain("no kind 'quewe'");
    expect(refusal({ ...least, summary: '{topic} is full' })).toContain('{topic}');
    expect(refusal({ ...least, for: 'soon' })).toContain('duration');
    expect(refusal({ ...least, sevrity: 'info' })).toContain('sevrity');
    expect(refusal({ ...least, name: 'Has Spaces' })).toContain('name');
    expect(refusal({ ...least, metric: 'rate(sluice_messages_ready)' })).toContain('no counter');
    expect(refusal({ ...least, kind: 'change', metric: 'sluice_messages_ready + 1' })).toContain(
      'one series',
    );
    expect(refusal({ ...least, metric: `${'('.repeat(40)}1${')'.repeat(40)}` })).toContain('nested');
    expect(refusal({ ...least, metric: 'rate(sluice_messages_published_total, 1s)' })).toContain('window');
    expect(refusal({ ...least, metric: 'sluice_messages_ready; 1' })).toContain('cannot be read');
  });

  it('that come with Sluice are all accepted, and named once', () => {
    for (const { definition } of defaultRules) expect(() => parseRule(definition)).not.toThrow();
    expect(new Set(defaultRules.map(({ name }) => name)).size).toBe(defaultRules.length);
  });
});

describe('selectors', () => {
  it('match exactly, by glob and by regular expression', () => {
    expect(textMatcher('orders')('orders.eu')).toBe(false);
    expect(textMatcher('orders.*')('orders.eu')).toBe(true);
    expect(textMatcher('o?ders*u')('orders.eu')).toBe(true);
    expect(textMatcher('o?ders*u')('orders.us')).toBe(false);
    expect(textMatcher('/orders\\.(eu|us)/')('orders.eu')).toBe(true);
    expect(textMatcher('/orders/')('reorders')).toBe(false);
  });

  it('answer patterns made to take for ever at once', () => {
    expect(textMatcher('/(a+)+$/')(`${'a'.repeat(5_000)}!`)).toBe(false);
    expect(textMatcher(`${'*a'.repeat(50)}*!`)(`${'a'.repeat(5_000)}?`)).toBe(false);
  });

  it('know labels by their place', () => {
    const matches = labelMatcher(['engine', 'vhost', 'queue'], { queue: 'a*', engine: 'embedded' });
    expect(matches(['embedded', '/', 'a1'])).toBe(true);
    expect(matches(['rabbit', '/', 'a1'])).toBe(false);
  });
});

describe('docs/alerts.md', () => {
  it('lists the rules that come with Sluice as they are', () => {
    const page = readFileSync(new URL('../../../docs/alerts.md', import.meta.url), 'utf8');
    expect(page.split('<!-- the rules -->\n')[1]).toBe(`\n${rulesText()}`);
  });
});
