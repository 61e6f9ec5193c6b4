/** Programs on one server: each opens an engine of its own, over a connection of its own. */
import { afterAll, afterEach, beforeAll } from 'vitest';
import { open } from '../../src/open.js';
import type { TaskApp } from '../../src/tasks/index.js';
import type { BrokerServer } from '../support/server.mjs';

export interface Programs {
  readonly server: BrokerServer;
  /** One more program; it is closed after the test. */
  program(): Promise<TaskApp>;
}

/** Starts the server before the tests of a suite, and stops it after them. */
export function programsOn(start: () => Promise<BrokerServer>): Programs {
  let server: BrokerServer;
  const apps: TaskApp[] = [];

  beforeAll(async () => {
    server = await start();
  });

  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
  });

  afterAll(() => server.stop());

  return {
    get server() {
      return server;
    },
    async program() {
      const app = await open({ engine: server.url });
      apps.push(app);
      return app;
    },
  };
}
