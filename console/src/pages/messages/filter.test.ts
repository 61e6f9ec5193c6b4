import { expect, it } from 'vitest';
import { EngineSource } from '../../server/engine-source.ts';
import { asksNothing, filterIn, moveCommand, searchCommand, whereOf } from './filter.ts';

it('reads a filter from an address, and only what a filter has', () => {
  const filter = filterIn({
    header: 'tenant=acme; attempt=3 ;',
    range: '1h',
    ignoreCase: 'yes',
    state: 'ready',
  });
  expect(whereOf(filter)).toEqual({ header: ['tenant=acme', 'attempt=3'], state: 'ready', ignoreCase: true });
  expect(asksNothing(whereOf(filterIn({ ignoreCase: 'yes' })))).toBe(true);
  expect(whereOf(filterIn({ arrivedFrom: 'soon', arrivedUntil: '2026-11-20T08:30' }))).toEqual({
    arrivedUntilMs: new Date(2026, 10, 20, 8, 30).getTime(),
  });
});

it('gives the command that does the same, with hostile text as one word', () => {
  const where = { header: ["a=it's; rm -rf /"], ignoreCase: true };
  expect(searchCommand(new EngineSource('embedded'), '/', '$(q)', where)).toBe(
    `sluice queue search '$(q)' --vhost / --header 'a=it'\\''s; rm -rf /' --ignore-case`,
  );
  expect(moveCommand('/', 'q', 'r', [3, 5])).toBe('sluice queue move q --vhost / --to r --position 3,5');
  expect(moveCommand('/', 'q', 'r', { key: 'k*' })).toBe("sluice queue move q --vhost / --to r --key 'k*'");
});
