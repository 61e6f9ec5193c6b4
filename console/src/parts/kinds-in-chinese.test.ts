import { expect, it } from 'vitest';
import { catalogue } from '../../../src/monitor/index.js';
import { kindsInChinese as ofAlerts } from '../../../src/alerts/kinds-in-chinese.js';
import { kindsInChinese } from './kinds-in-chinese.ts';

it('says kinds as alerts and notifications do', () => {
  expect(kindsInChinese).toEqual(ofAlerts);
});

it('knows only kinds that there are', () => {
  const kinds = new Set([...catalogue.map(({ name }) => name), 'vhost']);
  expect(Object.keys(kindsInChinese).filter((kind) => !kinds.has(kind))).toEqual([]);
});
