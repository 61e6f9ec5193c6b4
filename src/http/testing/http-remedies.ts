/** Remedies of an HTTP fixture, over its own broker. */
import { Remedies, remedySettings } from '../../alerts/index.js';
import { assert, seededRandom, SimulatedDisk, SluiceError } from '../../kernel/index.js';
import { BrokerActions } from '../../operations/index.js';
import type { HttpFixture } from './http-fixture.js';

/** Gives the server remedies, and pauses a queue by one. Gives the number of its run. */
export async function addRemedy({ server }: HttpFixture, queue: string): Promise<string> {
  const { services, clock } = server;
  const nothing = (): void => undefined;
  const remedies = await Remedies.open({
    ...{
      clock,
      directory: '/data',
      random: seededRandom(1),
      disk: new SimulatedDisk({ random: seededRandom(1) }),
    },
    actions: new BrokerActions({
      ...{ broker: services.broker, connections: services.connections, clock },
      taskQueue: (task) => Promise.resolve(task),
      redrives: () => Promise.reject(new SluiceError('unsupported', 'nothing is redriven here')),
      workers: { list: () => Promise.resolve([]), setConcurrency: () => Promise.resolve() },
    }),
    ...{ figures: undefined, incidents: undefined, settings: remedySettings.parse({}) },
    ...{ addLine: nothing, isMended: () => undefined, audit: nothing, onProblem: nothing },
  });
  Object.assign(services, { remedies });
  const by = { name: 'ann', source: 'test' };
  const { token, parameters } = await remedies.preview('pause-queue', { queue });
  assert(token !== undefined, 'the queue can be paused');
  return (await remedies.apply({ remedy: 'pause-queue', parameters, token }, by)).id;
}
