/** Makes the engines beside the own one, each with what it is measured by. Invariant: nothing is connected by it. */
import type { ManagedState } from '../../engines/rabbitmq/index.js';
import type { Clock } from '../../kernel/index.js';
import type { ObservedEngine, Polled } from '../../monitor/index.js';
import { BesideEngine } from './beside-engine.js';

/** The engine of that name, until its `close`. */
export function besideEngine(
  name: string,
  settings: ObservedEngine,
  polled: Polled<ManagedState>,
  clock: Clock,
): BesideEngine {
  return new BesideEngine({
    ...{ name, settings, polled, clock },
    async open(address) {
      const { openRabbitmq } = await import('../../engines/rabbitmq/index.js');
      return openRabbitmq(address, { name: `sluice operator of ${name}`, clock });
    },
  });
}
