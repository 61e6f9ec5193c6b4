/** The audit log of acts on engines beside. Invariant: what was done there, or refused, is in it with who asked. */
import { recorded, type Became } from './audited.js';
import type { Services } from './services.js';

/** Where something is done. */
export interface EngineVhost {
  readonly engine: string;
  readonly vhost: string;
}

/** Does `what`, such as `purge queue 'orders'`, and writes it to the audit log. */
export function acted<Result>(
  services: Services,
  what: string,
  { engine, vhost }: EngineVhost,
  run: () => Promise<Result>,
  became?: (result: Result) => Became,
): Promise<Result> {
  const subject = `${what} in vhost '${vhost}' of engine '${engine}'`;
  return recorded(services, { event: 'engine-used', subject }, run, became);
}
