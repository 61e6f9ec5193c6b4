import { expect, it } from 'vitest';
import { labelsOf, scopeOf, seriesOf } from './scope.ts';

it('is everything for whoever sees that, unless the address names less', () => {
  expect(scopeOf({}, true, ['/'])).toEqual({ engine: 'embedded', vhost: undefined });
  expect(scopeOf({ vhost: 'a' }, true, [])).toEqual({ engine: 'embedded', vhost: 'a' });
  expect(scopeOf({ engine: 'orders' }, true, [])).toEqual({ engine: 'orders', vhost: undefined });
});

it('is one virtual host for everybody else, whatever engine is named', () => {
  expect(scopeOf({}, false, ['a', '/'])).toEqual({ engine: 'embedded', vhost: '/' });
  expect(scopeOf({ engine: 'orders' }, false, ['b', 'a'])).toEqual({ engine: 'embedded', vhost: 'b' });
  expect(scopeOf({ vhost: 'c' }, false, ['a'])).toEqual({ engine: 'embedded', vhost: 'c' });
  expect(scopeOf({}, false, [])).toBeUndefined();
});

it('has series and labels of its kind', () => {
  const whole = { engine: 'embedded', vhost: undefined };
  expect([seriesOf(whole, 'messages_ready'), labelsOf(whole)]).toEqual([
    'sluice_engine_messages_ready',
    { engine: 'embedded' },
  ]);
  const one = { engine: 'embedded', vhost: '/' };
  expect([seriesOf(one, 'messages_ready'), labelsOf(one)]).toEqual([
    'sluice_vhost_messages_ready',
    { engine: 'embedded', vhost: '/' },
  ]);
});
