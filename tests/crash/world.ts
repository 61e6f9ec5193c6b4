/** Starts lives of the broker for the crash tests, and checks what a stop has left. */
import { FakeClock, seededRandom, type Disk, type SimulatedDisk } from '../../src/kernel/index.js';
import { drain } from '../simulation/drain.js';
import { Ledger } from '../simulation/ledger.js';
import { Life } from '../simulation/life.js';
import { declarePlan, hasMorgue } from '../simulation/queue-plan.js';

export const seed = Number(process.env['SLUICE_SEED'] ?? 1);

/** When the first life begins, in Unix ms. */
export const startMs = 1_700_000_000_000;

/** Opens a broker on `disk` at a time not before the end of the last life; undefined: the power went meanwhile. */
export async function begin(
  disk: SimulatedDisk,
  ledger: Ledger,
  nowMs: number,
  over?: Disk,
): Promise<Life | undefined> {
  const sabotage = over === undefined ? {} : { disk: () => over };
  const random = seededRandom(seed + ledger.life);
  const life = await Life.open({ disk, clock: new FakeClock(nowMs), random, ledger, log: [], sabotage });
  if (life === undefined || isDark(life)) return undefined;
  const { broker } = life.world;
  const connection = broker.connect({ name: 'planner', user: 'guest', vhost: '/' });
  declarePlan(connection.openChannel(silentSink));
  connection.close();
  const durable = broker.administration.durable().catch(() => undefined);
  await Promise.race([durable, disk.stopped]);
  return isDark(life) ? undefined : life;
}

/** Asked anew each time: the power goes meanwhile. */
function isDark(life: Life): boolean {
  return life.isDark;
}

const silentSink = {
  deliver: () => undefined,
  consumerCancelled: () => undefined,
  channelFailed: () => undefined,
};

/** Counts a stop that was not in good order. */
export function endUncleanly(life: Life | undefined, ledger: Ledger): void {
  life?.end();
  ledger.lastCrashLife = ledger.life;
  ledger.life++;
}

/** Takes everything out and throws if a promise was broken. */
export async function drainAndCheck(life: Life, ledger: Ledger): Promise<void> {
  await drain(life);
  const lost = ledger.findLost(hasMorgue);
  if (lost.length > 0) ledger.report(`${lost.length} messages were lost, first`, lost[0]);
  ledger.check();
}
