/** Scenarios that signatures may be tuned on. */
import * as fault from './faults.js';
import type { Scenario } from './scenario.js';

export const tuning: readonly Scenario[] = [
  {
    name: 'workers of orders gone',
    expects: ['consumers-down'],
    begin: (shop) => {
      fault.loseWorkers(shop, 'orders');
    },
  },
  {
    name: 'workers of quotes gone',
    expects: ['consumers-down'],
    begin: (shop) => {
      fault.loseWorkers(shop, 'quotes');
    },
  },
  {
    name: 'orders slow, 1.5 times',
    expects: ['slow-consumers'],
    begin: (shop) => {
      fault.slowWorkers(shop, 'orders', 1.5);
    },
  },
  {
    name: 'orders slow, 3 times',
    expects: ['slow-consumers'],
    begin: (shop) => {
      fault.slowWorkers(shop, 'orders', 3);
    },
  },
  {
    name: 'one worker of orders left',
    expects: ['slow-consumers'],
    begin: (shop) => {
      fault.leaveOneWorker(shop, 'orders', 2);
    },
  },
  {
    name: 'one of orders hangs',
    expects: ['hung-consumer'],
    begin: (shop) => {
      fault.hangWorkers(shop, 'orders', 1);
    },
  },
  {
    name: 'all of orders hang',
    expects: ['hung-consumer'],
    begin: (shop) => {
      fault.hangWorkers(shop, 'orders', 9);
    },
  },
  {
    name: 'one poisoned in mail',
    expects: ['poison-message'],
    begin: (shop) => {
      fault.poison(shop, 'mail', 1);
    },
  },
  {
    name: 'four poisoned in stock',
    expects: ['poison-message'],
    begin: (shop) => {
      fault.poison(shop, 'stock', 4);
    },
  },
  {
    name: 'memory alarm',
    expects: ['publishers-blocked'],
    begin: (shop) => {
      fault.raiseMemoryAlarm(shop);
    },
  },
  {
    name: 'disk full in 10 minutes',
    expects: ['disk-filling'],
    begin: (shop) => {
      fault.fillDisk(shop, 600);
    },
  },
  {
    name: 'disk full in 40 minutes',
    expects: ['disk-filling'],
    begin: (shop) => {
      fault.fillDisk(shop, 2_400);
    },
  },
  {
    name: 'orders unbound',
    expects: ['messages-unroutable'],
    begin: (shop) => {
      fault.unbind(shop, 'orders');
    },
  },
  {
    name: 'a tenth of orders misspelt',
    expects: ['messages-unroutable'],
    begin: (shop) => {
      fault.misspell(shop, 'orders', 0.1);
    },
  },
  {
    name: 'three visitors a second',
    expects: ['short-lived-connections'],
    begin: (shop) => {
      fault.churn(shop, 3);
    },
  },
  {
    name: 'descriptors leak',
    expects: ['descriptors-short'],
    begin: (shop) => {
      fault.leakDescriptors(shop, 60, 950);
    },
  },
  {
    name: 'a flood of uploads',
    expects: ['publishers-held-back'],
    begin: (shop) => {
      fault.flood(shop, 300, 60_000);
    },
  },
  {
    name: 'dead letters lost',
    expects: ['dead-letters-lost'],
    begin: (shop) => {
      fault.loseDeadLetters(shop);
    },
  },
  {
    name: 'all of stock has one key',
    expects: ['hot-key'],
    begin: (shop) => {
      fault.heatKey(shop, 1, 1);
    },
  },
  {
    name: 'syncs take 100 ms',
    expects: ['slow-disk'],
    begin: (shop) => {
      fault.slowDisk(shop, 100);
    },
  },
  {
    name: 'syncs take 1 s',
    expects: ['slow-disk'],
    begin: (shop) => {
      fault.slowDisk(shop, 1_000);
    },
  },
  {
    name: 'the disk stands still',
    expects: ['disk-stalled'],
    begin: (shop) => {
      fault.stallDisk(shop);
    },
  },
  {
    name: 'orders overloaded, 1.5 times',
    expects: ['overload'],
    begin: (shop) => {
      fault.overload(shop, 'orders', 1.5);
    },
  },
  {
    name: 'orders overloaded, 3 times',
    expects: ['overload'],
    begin: (shop) => {
      fault.overload(shop, 'orders', 3);
    },
  },
  {
    name: 'a release of orders takes 2.5 times as long',
    expects: ['processing-regression'],
    begin: (shop) => {
      fault.deploy(shop, 'orders', 2.5);
    },
  },
  {
    name: 'one of mail takes 8 times as long',
    expects: ['processing-regression'],
    begin: (shop) => {
      fault.sicken(shop, 'mail', 8);
    },
  },
  {
    name: 'long quotes',
    expects: ['deadline-order'],
    begin: (shop) => {
      fault.sendLongOnes(shop, 0.04, 4_000);
    },
  },
  {
    name: 'orders falls silent',
    expects: ['producer-down'],
    begin: (shop) => {
      fault.silence(shop, 'orders');
    },
  },
  {
    name: 'orders paused',
    expects: ['queue-paused'],
    begin: (shop) => {
      fault.pause(shop, 'orders');
    },
  },
  {
    name: 'workers of orders gone, and the disk is slow',
    expects: ['consumers-down', 'slow-disk'],
    begin: (shop) => {
      fault.loseWorkers(shop, 'orders');
      fault.slowDisk(shop, 400);
    },
  },
  {
    name: 'quotes slow, and visitors',
    expects: ['slow-consumers', 'short-lived-connections'],
    begin: (shop) => {
      fault.slowWorkers(shop, 'quotes', 3);
      fault.churn(shop, 4);
    },
  },
  {
    name: 'stock overloaded, 2 times',
    expects: ['overload'],
    begin: (shop) => {
      fault.overload(shop, 'stock', 2);
    },
  },
  {
    name: 'longer quotes',
    expects: ['deadline-order'],
    begin: (shop) => {
      fault.sendLongOnes(shop, 0.03, 5_000);
    },
  },
  {
    name: 'stock overloaded, and dead letters lost',
    expects: ['overload', 'dead-letters-lost'],
    begin: (shop) => {
      fault.overload(shop, 'stock', 2.5);
      fault.loseDeadLetters(shop);
    },
  },
  {
    name: 'a burst of orders',
    expects: [],
    begin: (shop) => {
      fault.burst(shop, 'orders', 3, 12);
    },
  },
  {
    name: 'a release of stock at once',
    expects: [],
    begin: (shop) => {
      fault.release(shop, 'stock', 10, false);
    },
  },
  {
    name: 'a rolling release of orders',
    expects: [],
    begin: (shop) => {
      fault.release(shop, 'orders', 10, true);
    },
  },
  {
    name: 'a day in ten minutes',
    expects: [],
    watchSeconds: 600,
    begin: (shop) => {
      fault.cycle(shop, 0.3, 600);
    },
  },
  {
    name: 'bursts everywhere',
    expects: [],
    begin: (shop) => {
      for (const queue of ['orders', 'stock', 'quotes']) fault.burst(shop, queue, 2.5, 10);
    },
  },
  {
    name: 'a rolling release of mail',
    expects: [],
    begin: (shop) => {
      fault.release(shop, 'mail', 8, true);
    },
  },
];
