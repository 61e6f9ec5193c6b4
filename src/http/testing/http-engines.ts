/** What a server in memory tells of itself, where engines are asked for. */
import type { HttpFixture } from './http-fixture.js';

/** Makes the server say how it is. */
export function addStatus({ server: { services } }: HttpFixture): void {
  const status = (): unknown => ({ version: '0.0.0', directory: '/data', sinceMs: 1, alarms: [] });
  Object.assign(services, { server: { ...services.server, status } });
}
