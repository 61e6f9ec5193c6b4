/** One demonstration under way. Invariant: what it started ends with it, the directory that it made included. */
import { connectControl, type ControlCall } from '../control/index.js';
import { SluiceError, systemClock } from '../kernel/index.js';
import { open } from '../open.js';
import type { OperationInput, OperationName, OperationResult } from '../operations/index.js';
import { startDemoServer, type DemoServer } from './demo-server.js';
import { startLivingLoad } from './living-load.js';
import { runSluice } from './run-sluice.js';
import type { Scene, SceneResult } from './scene.js';

export interface DemoOptions {
  /** Undefined: a directory that goes with the demonstration. */
  readonly directory: string | undefined;
  readonly amqp: string;
  readonly http: string;
  readonly pace: number;
  /** Whether the three services are at work. */
  readonly isLive: boolean;
}

export interface Demo {
  readonly server: DemoServer;
  /** Resolves when the sick worker has come; never without the load. */
  readonly sick: Promise<void>;
  play(scene: Scene, tell: (line: string) => Promise<void>): Promise<SceneResult>;
  /** What `sluice status` prints. */
  statusText(): Promise<string>;
  close(): Promise<void>;
}

/** Rejects with what the server said when it does not start. */
export async function openDemo({ pace, isLive, ...options }: DemoOptions): Promise<Demo> {
  const server = await startDemoServer(options);
  const clock = systemClock();
  const load = isLive ? startLivingLoad(server.url, clock, pace) : undefined;
  const close = async (): Promise<void> => {
    await load?.stop();
    await server.stop();
  };
  return {
    server,
    sick: load?.sick ?? new Promise(() => undefined),
    close,
    statusText: () => runSluice(['status', '--data', server.directory]),
    async play(scene, tell) {
      const app = await open({ engine: server.url, name: 'demo' });
      try {
        const nowMs = (): number => clock.now();
        return await scene.play({ ...{ app, server, pace, nowMs, tell }, call: callsOf(server.directory) });
      } finally {
        await app.close();
      }
    },
  };
}

function callsOf(directory: string) {
  return async <Name extends OperationName>(
    name: Name,
    input: OperationInput<Name>,
  ): Promise<OperationResult<Name>> => {
    const client = await connectControl(directory);
    if (client === undefined) throw new SluiceError('closed', 'the server of the demonstration is gone');
    try {
      const { result } = client.call(name, input) as ControlCall<OperationResult<Name>>;
      return await result;
    } finally {
      client.close();
    }
  };
}
