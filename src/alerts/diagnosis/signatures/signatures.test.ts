import { describe, expect, it } from 'vitest';
import { catalogue, seriesOf } from '../../../monitor/index.js';
import { seriesIn } from '../expression.js';
import { namesIn } from '../words.js';
import { signatures } from './index.js';

const kinds = new Map(catalogue.map((kind) => [kind.name, kind]));

describe('the fault signatures', () => {
  it('cover all thirty', () => {
    const numbers = new Set(signatures.map(({ number }) => number));
    for (let number = 1; number <= 30; number++) expect(numbers, `${number}`).toContain(number);
    expect(new Set(signatures.map(({ name }) => name)).size).toBe(signatures.length);
  });

  it.each(signatures.map((signature) => [signature.name, signature] as const))(
    '%s names series that are measured',
    (_, signature) => {
      const conditions = [signature.symptoms, signature.check.condition];
      for (const { condition } of [...signature.speaksFor, ...signature.speaksAgainst])
        conditions.push(condition);
      const amounts = Object.values(signature.figures).map(({ amount }) => amount);
      const seen: string[] = [];
      const found = (kind: string, series: string): void => {
        seen.push(series);
        const names = seriesOf(kinds.get(kind)!).map(({ name }) => name);
        expect(names, `${kind} ${series}`).toContain(series);
      };
      for (const expression of [...conditions, ...amounts]) seriesIn(expression, signature.kind, found);
      for (const { kind, label, amount } of Object.values(signature.worst)) {
        seriesIn(amount, kind, found);
        expect(kinds.get(kind)!.labels).toContain(label);
      }
      expect(seen.length).toBeGreaterThan(0);
    },
  );

  it.each(signatures.map((signature) => [signature.name, signature] as const))(
    '%s fills its words from what it knows',
    (_, { kind, figures, worst, cause, remedies }) => {
      const known = [...kinds.get(kind)!.labels, ...Object.keys(figures), ...Object.keys(worst)];
      for (const name of namesIn(cause)) expect(known).toContain(name);
      for (const { text, command, parameters } of remedies) {
        for (const name of namesIn(text)) expect(known).toContain(name);
        for (const name of namesIn(command)) expect(Object.keys(parameters)).toContain(name);
        for (const source of Object.values(parameters)) {
          if ('figure' in source) expect(Object.keys(figures)).toContain(source.figure);
          if ('worst' in source) expect(Object.keys(worst)).toContain(source.worst);
          if ('label' in source) expect(kinds.get(kind)!.labels).toContain(source.label);
        }
      }
    },
  );

  it('explain others that exist, and never each other', () => {
    const byName = new Map(signatures.map((signature) => [signature.name, signature]));
    for (const { name, explains } of signatures) {
      for (const other of explains) {
        expect(byName.has(other), other).toBe(true);
        expect(byName.get(other)!.explains, `${name} and ${other}`).not.toContain(name);
      }
    }
  });
});
