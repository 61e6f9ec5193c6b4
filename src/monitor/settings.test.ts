import { expect, it } from 'vitest';
import { z } from 'zod';
import { monitorSettings, observedEngines } from './settings.js';

/** Durations here are seconds: `2s`. */
const duration = z.string().transform((text) => Number.parseFloat(text) * 1_000);
const engines = observedEngines({ duration });
const byDefault = { every: 1_000, timeout: 5_000, queue: undefined };
const address = 'rabbitmq://ann:s%40y@host?management=https://host:15671/&heartbeat=9';

it('takes engines by name, with the credentials of their address, and probes them', () => {
  const orders = {
    management: 'https://ann:s%40y@host:15671/',
    amqp: 'amqp://ann:s%40y@host?heartbeat=9',
    probe: byDefault,
  };
  expect(engines.parse({ orders: address })).toEqual({ orders });
  const queue = 'sluice.probe.left';
  const probe = { every: '2s', queue };
  expect(engines.parse({ orders: { address, probe } })).toEqual({
    orders: { ...orders, probe: { every: 2_000, timeout: 5_000, queue } },
  });
  expect(engines.parse({ orders: { address, probe: false } })).toEqual({
    orders: { ...orders, probe: false },
  });
  for (const [name, wrong] of [
    ['embedded', address],
    ['a b', address],
    ['orders', 'rabbitmq://host'],
    ['orders', 'kafka://host?management=http://host'],
    ['orders', { address, probe: { queue: 'orders' } }],
    ['orders', { address, probe: { every: '0s' } }],
    ['orders', { address, probes: false }],
  ] as const)
    expect(engines.safeParse({ [name]: wrong }).success, `${name} ${JSON.stringify(wrong)}`).toBe(false);
});

it('probes the own engine where it is asked to', () => {
  const settings = monitorSettings({ duration, bytes: z.string().transform(() => 1) });
  expect(settings.parse({}).probe).toBe(false);
  expect(settings.parse({ probe: true }).probe).toEqual(byDefault);
  expect(settings.parse({ probe: { timeout: '3s' } }).probe).toEqual({ ...byDefault, timeout: 3_000 });
});
