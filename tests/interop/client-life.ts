/**
 * The life every foreign client lives: declare, publish with confirms, a returned message, consume with
 * acknowledge, requeue and reject, read what was dead-lettered, survive a `kill -9` of the server and find
 * the confirmed message. Each client tells what it saw; all must have seen the same.
 */
import { expect } from 'vitest';
import type { BrokerServer } from '../support/server.mjs';

/** Names and server for one client's life. */
export interface Life {
  readonly server: BrokerServer;
  /** Unique to the client: its queues are `PREFIX.work` and `PREFIX.dead`. */
  readonly prefix: string;
}

/** What one client saw, by the names of `expectedFacts`. */
export type Facts = Record<string, unknown>;

/** What every client must have seen. */
export function expectedFacts(prefix: string): Facts {
  return {
    confirmed: 3,
    returned: [312, 'lost'],
    received: [
      ['one', false],
      ['two', false],
      ['two', true],
      ['three', false],
    ],
    dead: [
      'three',
      { reason: 'rejected', queue: `${prefix}.work`, count: 1, routingKeys: [`${prefix}.work`] },
    ],
    noticed: true,
    kept: 'kept',
  };
}

/**
 * Kills the server with SIGKILL and starts it again on the same data and port. RabbitMQ is ended politely:
 * 3.10 forgets a durable queue declared within the last seconds before a SIGKILL.
 */
export async function restartHard(server: BrokerServer): Promise<void> {
  await (server.kind === 'sluice' ? server.kill() : server.terminate());
  await server.restart();
}

/** Asserts that the client saw all of it. */
export function expectLife(facts: Facts, prefix: string): void {
  expect(facts).toEqual(expectedFacts(prefix));
}
