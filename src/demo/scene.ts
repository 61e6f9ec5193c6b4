/** What a scene of the demonstration is: something that Sluice promises, shown on a running server. */
import type { OperationInput, OperationName, OperationResult } from '../operations/index.js';
import type { TaskApp } from '../tasks/index.js';
import type { DemoServer } from './demo-server.js';

/** Where scenes are played. */
export interface Stage {
  readonly server: DemoServer;
  /** A program of its own on the server. */
  readonly app: TaskApp;
  /** Calls an operation of the server, as the command line does. */
  readonly call: <Name extends OperationName>(
    name: Name,
    input: OperationInput<Name>,
  ) => Promise<OperationResult<Name>>;
  /** Times are divided by it: 1 is as told. */
  readonly pace: number;
  /** Unix milliseconds. */
  readonly nowMs: () => number;
  /** Tells how it goes; one line. */
  readonly tell: (line: string) => Promise<void>;
}

/** One line of what came out. */
export type Row = Readonly<Record<string, string | number | boolean>>;

export interface SceneResult {
  /** All with the same columns. */
  readonly rows: readonly Row[];
  /** What it means, in one sentence or a few. */
  readonly verdict: string;
  /** Whether the promise was kept. */
  readonly holds: boolean;
}

export interface Scene {
  /** As `--scene` names it. */
  readonly name: string;
  readonly title: string;
  /** How its figures come about. */
  readonly formula: string;
  /** A page of the documentation. */
  readonly docs: string;
  play(stage: Stage): Promise<SceneResult>;
}
