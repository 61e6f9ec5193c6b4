/**
 * A quiet week of the shop: seven simulated days over the real broker, by the second, with nights, bursts and releases.
 * Loads are a tenth of those of the scenarios, so that it runs in minutes; everything that is suspected is a false alarm.
 */
import { seededRandom } from '../../src/kernel/index.js';
import * as fault from './faults.js';
import { buildService, type Shop } from './shop.js';
import { Service } from './service.js';

export interface WeekResult {
  readonly seconds: number;
  readonly messages: number;
  readonly falseAlarms: readonly string[];
}

const daySeconds = 86_400;
const loadShare = 0.1;
/** Of the day's load, at night. */
const nightShare = 0.5;

export async function quietWeek(
  seed: number,
  onDay: (day: number, falseAlarms: number) => void,
  days = 7,
): Promise<WeekResult> {
  const service = await Service.open({ seed, tickMs: 1_000 });
  const random = seededRandom(seed * 11 + 5);
  const shop = buildService(service, random, { loadShare });
  const falseAlarms = new Set<string>();
  const before = [...service.producers.values()].map((producer) => [producer, producer.perSecond] as const);
  const begunMs = service.clock.now();
  for (let day = 0; day < days; day++) {
    for (let hour = 0; hour < 24; hour++) {
      const share = shareAt(hour);
      for (const [producer, perSecond] of before) producer.perSecond = perSecond * share;
      disturb(shop, random.next(), random.integer(4));
      await service.run(daySeconds / 24, () => {
        for (const { signature, subject, sinceSecond } of service.diagnosis.suspicions) {
          const at = new Date(sinceSecond * 1_000 - begunMs).toISOString().slice(8, 19);
          const alarm = `${signature} ${Object.values(subject.labels).join(' ')} at ${at}`;
          if (falseAlarms.has(alarm)) continue;
          falseAlarms.add(alarm);
          console.log(alarm);
        }
        return false;
      });
      service.acts.length = 0;
    }
    onDay(day + 1, falseAlarms.size);
  }
  const messages = service.broker.administration
    .listQueues('/')
    .reduce((sum, { published }) => sum + published, 0);
  await service.close();
  return { seconds: days * daySeconds, messages, falseAlarms: [...falseAlarms] };
}

/** Most at two in the afternoon, least at two at night. */
function shareAt(hour: number): number {
  return nightShare + (1 - nightShare) * (0.5 - 0.5 * Math.cos(((hour - 2) / 24) * 2 * Math.PI));
}

/** In every hour something that is no fault: a burst, a release at once or rolling, or nothing. */
function disturb(shop: Shop, dice: number, which: number): void {
  const queue = ['orders', 'mail', 'stock', 'quotes'][which]!;
  fault.later(shop, 600 + dice * 1_200, () => {
    if (dice < 0.3) fault.burst(shop, queue, 2.5, 10);
    else if (dice < 0.5) fault.release(shop, queue, 8, false);
    else if (dice < 0.7) fault.release(shop, queue, 8, true);
  });
}
