import { describe, expect, it } from 'vitest';
import { sourcePlaceOf } from './engine-source.ts';

describe('where queues are', () => {
  it('is the own server, unless an address names an engine', () => {
    const { source, names } = sourcePlaceOf(['queues', '/', 'orders']);
    expect(names).toEqual(['/', 'orders']);
    expect(source).toMatchObject({ engine: 'embedded', isOwn: true, at: [] });
    expect(source.path('queues', '/', 'orders')).toBe('/v1/queues/%2F/orders');
    expect(source.command(['queue', 'forecast'], 'forecast', 'orders')).toBe('sluice queue forecast orders');
  });

  it('is an engine beside, whose names are kept from breaking out of paths and commands', () => {
    const { source, names } = sourcePlaceOf(['engines', `a/b'c`, 'queues', '/', '..']);
    expect(names).toEqual(['/', '..']);
    expect(source.path('queues', ...names)).toBe(`/v1/engines/a%2Fb'c/queues/%2F/..`);
    expect(source.command(['queue', 'show'], 'queue', 'x y')).toBe(
      String.raw`sluice engine queue 'a/b'\''c' 'x y'`,
    );
  });

  it('is the own server also under its name as an engine', () => {
    const { source, names } = sourcePlaceOf(['engines', 'embedded', 'queues', '/', 'orders']);
    expect(source.path('queues', ...names)).toBe('/v1/queues/%2F/orders');
    expect(source.at).toEqual([]);
  });
});
