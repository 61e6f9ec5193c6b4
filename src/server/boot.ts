/** What a start is given, and what its steps hand on to each other. */
import type { Settings, SettingSources } from '../config/index.js';
import type { StopStack } from '../hosting/index.js';
import type { Clock, Disk, SluiceError } from '../kernel/index.js';
import type { ServerLog } from './log.js';
import type { ServerState } from './server-state.js';

export interface StartOptions {
  readonly settings: Settings;
  /** What the settings were made from; `reload` reads it again. */
  readonly sources: SettingSources;
  readonly configFile: string | undefined;
  readonly log: ServerLog;
  /** The system's, unless a test brings one that fails. */
  readonly disk?: Disk;
  /** The disk has failed: nothing more will be durable, and the process must end with code 74. */
  readonly onFailure: (error: SluiceError) => void;
  /** An operator asks the server to stop. */
  readonly onStopRequest: (reason: string) => void;
}

/** One start under way. */
export interface Boot extends StartOptions {
  readonly clock: Clock;
  readonly disk: Disk;
  readonly state: ServerState;
  readonly stack: StopStack;
  readonly addresses: readonly string[];
}
