import { expect, it } from 'vitest';
import { parseRule } from '../rules/rule.js';
import { signatures } from '../diagnosis/index.js';
import { remedies, remedyNamed } from './catalogue.js';
import { parseParameters } from './remedy.js';

const proposals = signatures.flatMap(({ name, remedies: proposed }) =>
  proposed.filter(({ remedy }) => remedy !== 'advice').map((proposal) => ({ signature: name, ...proposal })),
);

/** Something that a parameter of that name may be. */
const examples: Readonly<Record<string, string | number>> = {
  ...{ engine: 'embedded', vhost: '/', queue: 'q', consumer: 'c (1) t', node: 'n', key: 'a' },
  ...{ workers: 3.2, perSecond: 12.5, prefetch: 10 },
};

it('every remedy that an analysis proposes exists, and takes what it is proposed with', () => {
  expect(proposals.length).toBeGreaterThan(5);
  for (const { signature, remedy, parameters } of proposals) {
    const given = Object.fromEntries(Object.keys(parameters).map((name) => [name, examples[name]]));
    expect(Object.values(given), `${signature} proposes ${remedy}`).not.toContain(undefined);
    expect(
      () => parseParameters(remedyNamed(remedy), given as never),
      `${signature}: ${remedy}`,
    ).not.toThrow();
  }
});

it('names are their own', () => {
  expect(new Set(remedies.map(({ name }) => name)).size).toBe(remedies.length);
  expect(() => remedyNamed('reboot')).toThrow("there is no remedy 'reboot'; there are throttle-publisher");
});

it('what is not known of a remedy is refused with its path', () => {
  const pause = remedyNamed('pause-queue');
  expect(() => parseParameters(pause, {})).toThrow('queue:');
  expect(() => parseParameters(pause, { queue: 'q', speed: 1 })).toThrow('speed');
  expect(() => parseParameters(pause, { queue: 'q', engine: 'rabbitmq' })).toThrow('own queues');
});

it('a rule names a remedy that exists, and how often it may be', () => {
  const rule = {
    name: 'poison',
    metric: 'rate(sluice_messages_returned_again_total)',
    above: 1,
    remedy: { name: 'pause-queue', mode: 'automatic' },
  };
  expect(parseRule(rule).remedy).toMatchObject({
    mode: 'automatic',
    atMost: { count: 2, withinSeconds: 3_600 },
  });
  expect(() => parseRule({ ...rule, remedy: { name: 'reboot' } })).toThrow("remedy: there is no 'reboot'");
  expect(() => parseRule({ ...rule, remedy: { name: 'pause-queue', atMost: 'often' } })).toThrow(
    'such as 2/1h',
  );
});
