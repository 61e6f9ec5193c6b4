import { expect, it } from 'vitest';
import { declareNeeds } from './declare-needs.ts';

it('needs to configure what is declared, and more where messages are led on', () => {
  expect(declareNeeds('queue', '/', '', {})).toEqual([]);
  const configure = { right: 'configure', vhost: '/', name: 'q' };
  expect(declareNeeds('queue', '/', 'q', { 'alternate-exchange': 'x' })).toEqual([
    { ...configure, kind: 'queue' },
  ]);
  expect(declareNeeds('queue', '/', 'q', { 'x-dead-letter-exchange': 'dead' })).toEqual([
    { ...configure, kind: 'queue' },
    { right: 'read', kind: 'queue', vhost: '/', name: 'q' },
    { right: 'write', kind: 'exchange', vhost: '/', name: 'dead' },
  ]);
  expect(declareNeeds('exchange', '/', 'q', { 'alternate-exchange': 'x' })[2]).toEqual({
    ...{ right: 'write', kind: 'exchange', vhost: '/', name: 'x' },
  });
});
