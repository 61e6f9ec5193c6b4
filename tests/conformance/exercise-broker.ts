/**
 * The exam of every broker that speaks AMQP 0-9-1 as RabbitMQ does: one server, many small cases by topic.
 * Run against RabbitMQ it proves the expectations; run against Sluice it proves Sluice.
 */
import { afterAll, beforeAll, describe } from 'vitest';
import type { BrokerServer, ServerOptions } from '../support/server.mjs';
import { behaviour, type Scope, type Trial } from './trial.js';
import { serverOptions } from './server-options.js';
import { topics } from './topics/index.js';

/** How a topic registers its cases. */
export type Case = (name: string, run: (trial: Trial) => Promise<void>, scope?: Scope) => void;

/** Starts one server with `startServer` and puts it through every topic. */
export function exerciseBroker(startServer: (options: ServerOptions) => Promise<BrokerServer>): void {
  let server: BrokerServer | undefined;
  beforeAll(async () => {
    server = await startServer(serverOptions);
  });
  afterAll(async () => {
    await server?.stop();
  });
  for (const [title, topic] of Object.entries(topics)) {
    describe(title, () => {
      topic((name, run, scope) => {
        behaviour(() => server!, name, run, scope);
      });
    });
  }
}
