import { describe, expect, it } from 'vitest';
import { catalogue } from '../monitor/index.js';
import { goneObjects, type GoneParts } from './gone-objects.js';

const found = { kind: 'queue', labels: ['embedded', '/', 'there'] };
const healthy = { sources: [] } as unknown as GoneParts['monitor']['health'];
const monitor = {
  ageMs: 1_000,
  health: healthy,
  find: (_kind: string, labels: readonly string[]) => (labels[2] === 'there' ? found : undefined),
} as unknown as GoneParts['monitor'];
const hasEngine = (name: string): boolean => name === 'rabbit';

describe('what is gone', () => {
  const isGone = goneObjects({ monitor, catalogue, hasEngine });

  it.each([
    ['queue', ['embedded', '/', 'there'], false],
    ['queue', ['embedded', '/', 'deleted'], true],
    ['task', ['embedded', 'charge'], undefined],
    ['engine', ['rabbit'], undefined],
    ['queue', ['rabbit', '/', 'deleted'], undefined],
    ['engine', ['removed'], true],
    ['queue', ['removed', '/', 'there'], true],
    ['receiver', ['removed'], undefined],
  ])('is told of a %s %j: %s', (kind, labels, told) => {
    expect(isGone(kind, labels)).toBe(told);
  });

  it('is not known by figures that are old', () => {
    const old = goneObjects({ monitor: { ...monitor, ageMs: 60_000 }, catalogue, hasEngine });
    expect(old('queue', ['embedded', '/', 'deleted'])).toBe(undefined);
  });
});
