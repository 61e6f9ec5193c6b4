import { describe, expect, it } from 'vitest';
import { defaultRules, remedies, signatures } from '../../alerts/index.js';
import { catalogue } from '../../monitor/index.js';
import { gapsIn } from '../../words/index.js';
import { routeTable } from '../api/route-table.js';
import { problemKinds } from '../problem.js';
import { bookOf, tablesInChinese } from './book.js';

const chinese = bookOf('zh')!;
const filled = (template: string): string => template.replace(/\{\w+\}/g, '7');
const hasChinese = (text: string): boolean => /\p{Script=Han}/u.test(text);

function unsaid(texts: readonly string[]): string[] {
  return texts.filter((text) => !hasChinese(chinese.find(text) ?? ''));
}

describe('the Chinese of the server', () => {
  it('fills the gaps of the English, all of them and no others', () => {
    const wrong = tablesInChinese
      .flatMap((table) => Object.entries(table))
      .filter(([english, said]) => gapsIn(english).toSorted().join() !== gapsIn(said).toSorted().join());
    expect(wrong).toEqual([]);
  });

  it('is Chinese', () => {
    const said = tablesInChinese.flatMap((table) => Object.entries(table));
    const isWordless = (english: string): boolean => !/[a-z]/i.test(english.replace(/\{[^}]*\}/g, ''));
    const wrong = said.filter(([english, text]) => !isWordless(english) && !hasChinese(text));
    expect(wrong).toEqual([]);
    expect(said.filter(([, text]) => text.trim() !== text)).toEqual([]);
  });

  it('has every title, clue, cause, remedy and check of every signature', () => {
    const texts = signatures.flatMap((signature) => [
      ...[signature.title, signature.symptomsText, filled(signature.cause), signature.check.text],
      ...[...signature.speaksFor, ...signature.speaksAgainst].map(({ text }) => text),
      ...signature.remedies.map(({ text }) => filled(text)),
    ]);
    expect(unsaid(texts)).toEqual([]);
  });

  it('has the help and the summary of every rule', () => {
    const texts = defaultRules.flatMap(({ help, definition }) => [
      help,
      filled(String(definition['summary'])),
    ]);
    expect(unsaid(texts)).toEqual([]);
  });

  it('has every remedy and its check', () => {
    const texts = remedies.flatMap(({ title, check }) => [title, check.text]);
    expect(unsaid(texts)).toEqual([]);
  });

  it('has what every figure means', () => {
    expect(unsaid(catalogue.flatMap(({ metrics }) => metrics.map(({ help }) => help)))).toEqual([]);
  });

  it('has the title of every problem', () => {
    expect(unsaid(Object.values(problemKinds).map(({ title }) => title))).toEqual([]);
  });
});

/** Whether a schema as JSON has the field that a path of `texts` names. */
interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly additionalProperties?: unknown;
}

function has(shape: Shape | undefined, [step, ...rest]: readonly string[]): boolean {
  if (shape === undefined) return false;
  if (step === undefined || typeof shape.additionalProperties === 'object') return true;
  const field = shape.properties?.[step.replace('[]', '')];
  return has(step.endsWith('[]') ? field?.items : field, rest);
}

describe('the texts of an answer', () => {
  it('are fields that the answer has', async () => {
    const { z } = await import('zod');
    const missing = routeTable.flatMap(({ path, texts = [], answer }) => {
      if (answer === undefined) return [];
      const shape = z.toJSONSchema(answer, { unrepresentable: 'any' }) as Shape;
      return texts.filter((text) => !has(shape, text.split('.'))).map((text) => `${path}: ${text}`);
    });
    expect(missing).toEqual([]);
  });
});
