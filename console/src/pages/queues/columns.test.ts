import { describe, expect, it } from 'vitest';
import { columnsNamed, columnsOn, figuresFor, namesOf, toggled, valueIn } from './columns.ts';
import type { ListedQueue } from './queue-source.ts';

describe('the columns', () => {
  it('are read from an address and written into it', () => {
    expect(columnsNamed('bytes,nonsense,__proto__,ready,bytes').map(({ key }) => key)).toEqual([
      'bytes',
      'ready',
    ]);
    expect(namesOf(columnsNamed(undefined))).toBe('');
    expect(namesOf(columnsNamed('bytes,ready'))).toBe('bytes,ready');
  });

  it('come and go at their own places', () => {
    const chosen = columnsNamed('ready,bytes');
    const [delayed] = columnsNamed('delayed');
    expect(toggled(chosen, delayed!).map(({ key }) => key)).toEqual(['ready', 'delayed', 'bytes']);
    expect(toggled(toggled(chosen, delayed!), delayed!)).toEqual(chosen);
  });

  it('ask the server only for what queues do not tell anyway', () => {
    expect(figuresFor(columnsNamed('ready,seconds_to_drain,bytes,messages_held'))).toBe(
      'seconds_to_drain,messages_held',
    );
  });

  it('are the own ones, unless it is about another engine', () => {
    expect(columnsNamed('type,ready,copies').map(({ key }) => key)).toEqual(['ready']);
    expect(columnsNamed('type,ready,copies', false).map(({ key }) => key)).toEqual([
      'type',
      'ready',
      'copies',
    ]);
    expect(namesOf(columnsNamed(undefined, false), false)).toBe('');
    expect(columnsOn(true)).not.toContain(columnsNamed('type', false)[0]);
  });

  it('tell unknown from never', () => {
    const row = { ready: 4, figures: { seconds_to_drain: null } } as unknown as ListedQueue;
    expect(columnsNamed('ready,seconds_to_drain,messages_held').map((each) => valueIn(row, each))).toEqual([
      4,
      null,
      undefined,
    ]);
  });
});
