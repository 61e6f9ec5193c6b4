/** What Zabbix is told is read from this. */
import type { Figures, Pacer } from '../index.js';

/** Figures that can be made as new as they should be; a `Monitor` is one. */
export interface Measured extends Figures {
  /** Resolves when the newest measurement is new enough. */
  refresh(): Promise<void>;
  /** For work on figures in slices. */
  pacer(): Pacer;
}
