/**
 * Where the queues and exchanges of a page are: on the own server, or on an engine beside it. Invariant: a page knows of
 * the difference only what it asks here: paths of the API, addresses of the console, commands.
 */
import { command } from '../parts/ways.ts';
import { pathOf } from './path-of.ts';

export const ownEngine = 'embedded';

export class EngineSource {
  /** As `/v1/engines` names it, and the label `engine` of figures. */
  readonly engine: string;
  readonly isOwn: boolean;
  /** Parts that every address of its pages begins with. */
  readonly at: readonly string[];

  constructor(engine: string) {
    this.engine = engine;
    this.isOwn = engine === ownEngine;
    this.at = this.isOwn ? [] : ['engines', engine];
  }

  /** The path in the API: of a list, or of one thing with its names. */
  path(...parts: readonly string[]): string {
    return `/v1${this.isOwn ? '' : pathOf(...this.at)}${pathOf(...parts)}`;
  }

  /** The command: `own` of the own server, or `sluice engine ACT ENGINE`; then what both take. */
  command(own: readonly string[], beside: string, ...rest: readonly string[]): string {
    return this.isOwn ? command(...own, ...rest) : command('engine', beside, this.engine, ...rest);
  }
}

export interface SourcePlace {
  readonly source: EngineSource;
  /** What follows the section: `/` and `orders` in `#/queues/%2F/orders` and `#/engines/E/queues/%2F/orders`. */
  readonly names: readonly string[];
}

/** What the parts of an address say: whose queues or exchanges, and which of them. */
export function sourcePlaceOf(parts: readonly string[]): SourcePlace {
  const [section, engine = ownEngine, , ...names] = parts;
  if (section === 'engines') return { source: new EngineSource(engine), names };
  return { source: new EngineSource(ownEngine), names: parts.slice(1) };
}
