/**
 * What the HTTP API works on, the same over a server's broker and a program's. Invariant: tasks and their engine are
 * loaded when a request first asks for one.
 */
import type { Broker } from '../broker/index.js';
import type { ApiParts } from '../http/index.js';
import { systemRandom, type Clock } from '../kernel/index.js';
import type { EmbeddedEngine } from '../engines/embedded/index.js';
import type { TaskActs } from '../operations/index.js';
import type { TaskApp } from '../tasks/index.js';

export interface ApiPartsOptions {
  readonly directory: string;
  readonly broker: Broker;
  readonly clock: Clock;
  readonly services: Omit<ApiParts['services'], 'broker'>;
}

const doneAlready = (): Promise<void> => Promise.resolve();

/** The parts over an open broker, which they never close. */
export function apiParts({ directory, broker, clock, services }: ApiPartsOptions): ApiParts {
  let engine: EmbeddedEngine | undefined;
  const tasks = async (): Promise<TaskApp> => {
    const [{ EmbeddedEngine: Engine }, { TaskApp: App }] = await Promise.all([
      import('../engines/embedded/index.js'),
      import('../tasks/index.js'),
    ]);
    engine ??= new Engine(directory, broker, clock, doneAlready);
    return new App(engine, clock, systemRandom());
  };
  const taskActs = async (): Promise<TaskActs> => (await tasks()).tasks;
  return { services: { ...services, broker, taskActs }, tasks };
}
