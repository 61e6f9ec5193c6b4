/** Which objects of alerts are known to be gone: nothing more will be measured of them. */
import type { Monitor, ObjectKind } from '../monitor/index.js';
import { ownEngine } from '../operations/index.js';

/** Measurements older than this tell nothing of what is gone. */
const freshMs = 10_000;
/** Of these the own engine tells all that there are. */
const whole: ReadonlySet<string> = new Set(['queue', 'consumer', 'connection']);

export interface GoneParts {
  readonly monitor: Pick<Monitor, 'ageMs' | 'find' | 'health'>;
  readonly catalogue: readonly ObjectKind[];
  /** Whether an engine beside with this name is configured now. */
  readonly hasEngine: (name: string) => boolean;
}

/** Tells of an object whether it is gone; undefined: that is not known. */
export function goneObjects({ monitor, catalogue, hasEngine }: GoneParts) {
  const ofEngines = new Set(catalogue.filter(({ labels }) => labels[0] === 'engine').map(({ name }) => name));
  return (kind: string, labels: readonly string[]): boolean | undefined => {
    const [engine] = labels;
    if (engine !== ownEngine)
      return engine !== undefined && ofEngines.has(kind) && !hasEngine(engine) ? true : undefined;
    if (!whole.has(kind) || monitor.ageMs > freshMs) return undefined;
    if (monitor.health.sources.some(({ problem }) => problem !== undefined)) return undefined;
    return monitor.find(kind, labels) === undefined;
  };
}
