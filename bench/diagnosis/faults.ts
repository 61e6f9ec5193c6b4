/** What can go wrong in the shop, and what only looks so. Each is done at once, or as time goes on. */
import type { Shop } from './shop.js';
import { loadOf } from './shop.js';

/** All workers of a queue disconnect. */
export function loseWorkers({ service }: Shop, queue: string): void {
  service.dismiss(queue);
}

/** All workers of a queue take so long that they are wanted `load` times as much as there are. */
export function slowWorkers(shop: Shop, queue: string, load: number): void {
  const factor = load / loadOf(shop, queue);
  for (const worker of shop.service.workers.get(queue) ?? []) worker.serviceMs *= factor;
}

/** All but one worker of a queue go; the one is wanted `load` times as much as it is there. */
export function leaveOneWorker(shop: Shop, queue: string, load: number): void {
  shop.service.dismiss(queue, shop.counts.get(queue)! - 1);
  const [left] = shop.service.workers.get(queue)!;
  left!.serviceMs = Math.max(left!.serviceMs, (1_000 * load) / shop.producer(queue).perSecond);
}

/** So many workers of a queue stop in the middle of their work, and keep their connection. */
export function hangWorkers({ service }: Shop, queue: string, count: number): void {
  for (const worker of (service.workers.get(queue) ?? []).slice(0, count)) worker.isHung = true;
}

/** The next messages of a queue make every worker fail that gets one. */
export function poison(shop: Shop, queue: string, messages: number): void {
  shop.producer(queue).poisons = messages;
}

export function raiseMemoryAlarm({ service }: Shop): void {
  service.broker.setAlarm('memory', true);
}

/** Something else takes the disk's space, so that it would be full in so many seconds. */
export function fillDisk({ service }: Shop, seconds: number): void {
  const { around } = service;
  const perMs = around.diskFreeBytes / (seconds * 1_000);
  let beforeMs = service.clock.now();
  service.acts.push((nowMs) => {
    around.diskFreeBytes -= (nowMs - beforeMs) * perMs * (0.5 + service.random.next());
    beforeMs = nowMs;
  });
}

/** The binding of a queue is removed. */
export function unbind({ service, producer }: Shop, queue: string): void {
  service.bind(producer(queue).options.exchange!, queue, queue, false);
}

/** A share of a publisher's messages goes to a key that nobody bound. */
export function misspell(shop: Shop, queue: string, share: number): void {
  shop.producer(queue).strayShare = share;
}

/** A client connects, publishes one message and disconnects, so many times a second. */
export function churn({ service }: Shop, perSecond: number): void {
  let owed = 0;
  service.acts.push(() => {
    for (owed += perSecond / 10; owed >= 1; owed--) {
      const connection = service.broker.connect({ name: 'visitor', user: 'guest', vhost: '/' });
      service.connected();
      connection.close();
      service.disconnected();
    }
  });
}

/** File descriptors leak until so many are open. */
export function leakDescriptors({ service }: Shop, perSecond: number, most: number): void {
  service.acts.push(() => {
    service.around.descriptors = Math.min(most, service.around.descriptors + perSecond / 10);
  });
}

/** A publisher sends large messages to a queue that nobody reads, faster than the disk takes them. */
export function flood(shop: Shop, perSecond: number, bytes: number): void {
  const { service } = shop;
  service.disk.slow('sync', 250);
  service.disk.slow('write', 100);
  service.declare('uploads', { 'x-max-length': 50 });
  service.produce('uploads', { routingKey: 'uploads', perSecond, bytes });
}

/** The queue that takes failed messages is no longer bound. */
export function loseDeadLetters({ service }: Shop, queue = 'mail'): void {
  service.bind('failed', `failed-${queue}`, queue, false);
}

/** A share of the keyed queue's messages has one key. */
export function heatKey(shop: Shop, share: number, factor: number, queue = 'stock'): void {
  const producer = shop.producer(queue);
  producer.hotShare = share;
  producer.perSecond *= factor;
}

export function slowDisk({ service }: Shop, syncMs: number): void {
  service.disk.slow('sync', syncMs);
}

/** A sync that begins now ends when nobody looks any more. */
export function stallDisk({ service }: Shop): void {
  service.disk.slow('sync', 600_000);
}

/** More is published than the workers of a queue can do: `load` times as much. */
export function overload(shop: Shop, queue: string, load: number): void {
  shop.producer(queue).perSecond *= load / loadOf(shop, queue);
}

/** New workers take the place of all, and take so many times as long. */
export function deploy(shop: Shop, queue: string, factor: number): void {
  const { service } = shop;
  const options = shop.workers.get(queue)!;
  const gone = service.dismiss(queue);
  for (let each = 0; each < gone.length; each++) service.work(options).serviceMs *= factor;
}

/** One worker of a queue takes so many times as long. */
export function sicken({ service }: Shop, queue: string, factor: number): void {
  service.workers.get(queue)![0]!.serviceMs *= factor;
}

/** How much of its workers' time a queue needs at most when a few of its messages take very long. */
const loadWithLongOnes = 0.8;

/**
 * Up to a `share` of messages takes very long, so that others behind them are late: as many as leave the workers time
 * for all.
 */
export function sendLongOnes(shop: Shop, share: number, longMs: number, queue = 'quotes'): void {
  const { perSecond } = shop.producer(queue).options;
  const loadOfEach = (perSecond * longMs) / 1_000 / shop.counts.get(queue)!;
  const most = (loadWithLongOnes - loadOf(shop, queue)) / loadOfEach;
  for (const worker of shop.service.workers.get(queue) ?? []) {
    worker.longShare = Math.min(share, most);
    worker.longMs = longMs;
  }
}

export function silence(shop: Shop, queue: string): void {
  shop.producer(queue).isUp = false;
  shop.service.disconnected();
}

export function pause({ service }: Shop, queue: string): void {
  service.broker.administration.queues.pause('/', queue);
}

/** Does something after so many seconds. */
export function later({ service }: Shop, seconds: number, act: () => void): void {
  const atMs = service.clock.now() + seconds * 1_000;
  let isDone = false;
  service.acts.push((nowMs) => {
    if (isDone || nowMs < atMs) return;
    isDone = true;
    act();
  });
}

/** For so many seconds a queue gets so many times as much. */
export function burst(shop: Shop, queue: string, factor: number, seconds: number): void {
  const producer = shop.producer(queue);
  const before = producer.perSecond;
  producer.perSecond = before * factor;
  later(shop, seconds, () => (producer.perSecond = before));
}

/** A release without a fault: workers are away for so many seconds, all at once or one after another. */
export function release(shop: Shop, queue: string, seconds: number, isRolling: boolean): void {
  const { service } = shop;
  const options = shop.workers.get(queue)!;
  const count = shop.counts.get(queue)!;
  for (let each = 0; each < count; each++) {
    const startSeconds = isRolling ? each * (seconds + 5) : 0;
    later(shop, startSeconds, () => service.dismiss(queue, 1));
    later(shop, startSeconds + seconds, () => service.work(options));
  }
}

/** Loads of all queues rise and fall by `share`, once in `periodSeconds`. */
export function cycle({ service }: Shop, share: number, periodSeconds: number): void {
  const begunMs = service.clock.now();
  const before = [...service.producers.values()].map((producer) => [producer, producer.perSecond] as const);
  service.acts.push((nowMs) => {
    const angle = ((nowMs - begunMs) / 1_000 / periodSeconds) * 2 * Math.PI;
    for (const [producer, perSecond] of before)
      producer.perSecond = perSecond * (1 - share * Math.sin(angle));
  });
}
