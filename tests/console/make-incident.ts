/** A real incident for tests of the console: a paused queue in which messages wait, with a rule that tells of it. */
import { vi } from 'vitest';
import type { ConsoleFixture } from './fixture.js';

interface Listed {
  readonly items: readonly { readonly id: string; readonly causes: readonly unknown[] }[];
}

/** Resolves with the incident's identifier once its causes are known. `summary` is the rule's. */
export async function makeIncident(
  fixture: ConsoleFixture,
  queuePath: string,
  summary: string,
): Promise<string> {
  await fixture.call('PUT', queuePath, {});
  for (let count = 0; count < 3; count++)
    await fixture.call('POST', `${queuePath}/messages`, { text: 'an order' });
  await fixture.call('POST', `${queuePath}/pause`, {});
  await fixture.call('PUT', '/v1/alert-rules/orders-wait', {
    ...{ metric: 'sluice_messages_ready', above: 0, severity: 'critical', summary },
  });
  const found = async (): Promise<string | undefined> => {
    const { items } = await fixture.call<Listed>('GET', '/v1/incidents?severity=critical');
    return items.find(({ causes }) => causes.length > 0)?.id;
  };
  const id = await vi.waitUntil(found, { timeout: 60_000, interval: 500 });
  return id;
}
