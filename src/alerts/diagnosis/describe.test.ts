import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeSignatures } from './describe.js';
import { signatures } from './signatures/index.js';

it('docs/diagnosis.md says of every signature what its data say', () => {
  const text = readFileSync(new URL('../../../docs/diagnosis.md', import.meta.url), 'utf8');
  const [, section] = text.split('<!-- signatures -->\n\n');
  expect(section).toBe(describeSignatures(signatures));
});
