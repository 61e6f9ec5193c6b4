/**
 * Scenarios that nothing is tuned on: their score is the one that is told. Invariant: nobody changes a signature for
 * what is seen here.
 */
import * as fault from './faults.js';
import type { Scenario } from './scenario.js';

export const heldBack: readonly Scenario[] = [
  {
    name: 'workers of mail gone',
    expects: ['consumers-down'],
    begin: (shop) => {
      fault.loseWorkers(shop, 'mail');
    },
  },
  {
    name: 'workers of stock gone',
    expects: ['consumers-down'],
    begin: (shop) => {
      fault.loseWorkers(shop, 'stock');
    },
  },
  {
    name: 'mail slow, 1.6 times',
    expects: ['slow-consumers'],
    begin: (shop) => {
      fault.slowWorkers(shop, 'mail', 1.6);
    },
  },
  {
    name: 'quotes slow, 4 times',
    expects: ['slow-consumers'],
    begin: (shop) => {
      fault.slowWorkers(shop, 'quotes', 4);
    },
  },
  {
    name: 'one worker of mail left',
    expects: ['slow-consumers'],
    begin: (shop) => {
      fault.leaveOneWorker(shop, 'mail', 2);
    },
  },
  {
    name: 'one of mail hangs',
    expects: ['hung-consumer'],
    begin: (shop) => {
      fault.hangWorkers(shop, 'mail', 1);
    },
  },
  {
    name: 'all of stock hang',
    expects: ['hung-consumer'],
    begin: (shop) => {
      fault.hangWorkers(shop, 'stock', 9);
    },
  },
  {
    name: 'two poisoned in orders',
    expects: ['poison-message'],
    begin: (shop) => {
      fault.poison(shop, 'orders', 2);
    },
  },
  {
    name: 'one poisoned in quotes',
    expects: ['poison-message'],
    begin: (shop) => {
      fault.poison(shop, 'quotes', 1);
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
    name: 'disk full in 20 minutes',
    expects: ['disk-filling'],
    begin: (shop) => {
      fault.fillDisk(shop, 1_200);
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
    name: 'a third of orders misspelt',
    expects: ['messages-unroutable'],
    begin: (shop) => {
      fault.misspell(shop, 'orders', 0.33);
    },
  },
  {
    name: 'five visitors a second',
    expects: ['short-lived-connections'],
    begin: (shop) => {
      fault.churn(shop, 5);
    },
  },
  {
    name: 'descriptors leak fast',
    expects: ['descriptors-short'],
    begin: (shop) => {
      fault.leakDescriptors(shop, 80, 900);
    },
  },
  {
    name: 'a flood of uploads',
    expects: ['publishers-held-back'],
    begin: (shop) => {
      fault.flood(shop, 200, 100_000);
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
    name: 'half of stock has one key',
    expects: ['hot-key'],
    begin: (shop) => {
      fault.heatKey(shop, 0.75, 1.2);
    },
  },
  {
    name: 'syncs take 300 ms',
    expects: ['slow-disk'],
    begin: (shop) => {
      fault.slowDisk(shop, 300);
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
    name: 'mail overloaded, 5 times',
    expects: ['overload'],
    begin: (shop) => {
      fault.overload(shop, 'mail', 5);
    },
  },
  {
    name: 'a release of mail takes 3 times as long',
    expects: ['processing-regression'],
    begin: (shop) => {
      fault.deploy(shop, 'mail', 3);
    },
  },
  {
    name: 'one of orders takes 10 times as long',
    expects: ['processing-regression'],
    begin: (shop) => {
      fault.sicken(shop, 'orders', 10);
    },
  },
  {
    name: 'stock falls silent',
    expects: ['producer-down'],
    begin: (shop) => {
      fault.silence(shop, 'stock');
    },
  },
  {
    name: 'mail paused',
    expects: ['queue-paused'],
    begin: (shop) => {
      fault.pause(shop, 'mail');
    },
  },
  {
    name: 'one of mail hangs, and workers of stock gone',
    expects: ['hung-consumer', 'consumers-down'],
    begin: (shop) => {
      fault.hangWorkers(shop, 'mail', 1);
      fault.loseWorkers(shop, 'stock');
    },
  },
  {
    name: 'mail falls silent, and the disk fills',
    expects: ['producer-down', 'disk-filling'],
    begin: (shop) => {
      fault.silence(shop, 'mail');
      fault.fillDisk(shop, 900);
    },
  },
  {
    name: 'samples overloaded, 2.2 times',
    service: 'clinic',
    expects: ['overload'],
    begin: (shop) => {
      fault.overload(shop, 'samples', 2.2);
    },
  },
  {
    name: 'visits overloaded, 1.6 times',
    service: 'clinic',
    expects: ['overload'],
    begin: (shop) => {
      fault.overload(shop, 'visits', 1.6);
    },
  },
  {
    name: 'visits slow, 2 times',
    service: 'clinic',
    expects: ['slow-consumers'],
    begin: (shop) => {
      fault.slowWorkers(shop, 'visits', 2);
    },
  },
  {
    name: 'all of calls hang',
    service: 'clinic',
    expects: ['hung-consumer'],
    begin: (shop) => {
      fault.hangWorkers(shop, 'calls', 9);
    },
  },
  {
    name: 'samples have one key',
    service: 'clinic',
    expects: ['hot-key'],
    begin: (shop) => {
      fault.heatKey(shop, 0.9, 1, 'samples');
    },
  },
  {
    name: 'long calls',
    service: 'clinic',
    expects: ['deadline-order'],
    begin: (shop) => {
      fault.sendLongOnes(shop, 0.03, 3_500, 'calls');
    },
  },
  {
    name: 'a release of visits takes 2.8 times as long',
    service: 'clinic',
    expects: ['processing-regression'],
    begin: (shop) => {
      fault.deploy(shop, 'visits', 2.8);
    },
  },
  {
    name: 'samples overloaded, and dead letters lost',
    service: 'clinic',
    expects: ['overload', 'dead-letters-lost'],
    begin: (shop) => {
      fault.overload(shop, 'samples', 3);
      fault.loseDeadLetters(shop, 'letters');
    },
  },
  {
    name: 'a burst of mail',
    expects: [],
    begin: (shop) => {
      fault.burst(shop, 'mail', 3, 12);
    },
  },
  {
    name: 'a release of orders at once',
    expects: [],
    begin: (shop) => {
      fault.release(shop, 'orders', 8, false);
    },
  },
  {
    name: 'a day in twenty minutes',
    expects: [],
    watchSeconds: 1_200,
    begin: (shop) => {
      fault.cycle(shop, 0.35, 1_200);
    },
  },
  {
    name: 'bursts in the whole clinic',
    service: 'clinic',
    expects: [],
    begin: (shop) => {
      for (const queue of ['visits', 'letters', 'samples', 'calls']) fault.burst(shop, queue, 2.2, 15);
    },
  },
  {
    name: 'a rolling release of letters',
    service: 'clinic',
    expects: [],
    begin: (shop) => {
      fault.release(shop, 'letters', 12, true);
    },
  },
  {
    name: 'a release of calls at once',
    service: 'clinic',
    expects: [],
    begin: (shop) => {
      fault.release(shop, 'calls', 6, false);
    },
  },
];
