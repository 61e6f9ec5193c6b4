/** A Sluice server with engines beside it, for tests: what they are called, and how it is asked. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Workplace } from '../cli/sluice.js';
import type { BrokerServer } from '../support/server.mjs';
import { rabbitUnavailable, startRabbit } from '../support/start-rabbit.mjs';
import { startSluice } from '../support/start-sluice.mjs';

const reason = rabbitUnavailable();
if (reason !== undefined) console.warn(`skipped: ${reason}`);
const isSkipped = reason !== undefined && process.env['SLUICE_REQUIRE_ALL'] !== '1';

/** Engines that can stand beside: their name, whether they are left out, and how they start. */
export const besideKinds = [
  ['rabbitmq', isSkipped, () => startRabbit({ plugins: ['rabbitmq_management'] })],
  ['sluice', false, () => startSluice()],
] as const;

export interface Ports {
  readonly amqp: number;
  readonly http: number;
}

/** Of a server that was started with its management API. */
export function portsOf(server: BrokerServer): Ports {
  return (server as unknown as { readonly ports: Ports }).ports;
}

const basic = `Basic ${Buffer.from('guest:guest').toString('base64')}`;

export interface Asked {
  readonly status: number;
  readonly json: Record<string, unknown> & { readonly items: readonly Record<string, unknown>[] };
}

/** The server's own API. */
export class BesideServer {
  readonly #url: string;

  constructor(port: number) {
    this.#url = `http://127.0.0.1:${port}`;
  }

  async ask(method: string, path: string, body?: unknown): Promise<Asked> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: { authorization: basic, 'content-type': 'application/json', 'x-requested-with': 'test' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: (text === '' ? {} : JSON.parse(text)) as Asked['json'] };
  }

  /** As `ask`, and it must succeed. */
  async do(method: string, path: string, body?: unknown): Promise<Asked['json']> {
    const { status, json } = await this.ask(method, path, body);
    expect(status, `${method} ${path}: ${JSON.stringify(json)}`).toBeLessThan(300);
    return json;
  }
}

/** Starts a server that knows these engines, by name and address. */
export async function upBeside(
  place: Workplace,
  engines: Readonly<Record<string, string>>,
): Promise<{ readonly server: BesideServer; readonly httpPort: number }> {
  const config = join(place.folder, 'sluice.yaml');
  const sections = Object.fromEntries(
    Object.entries(engines).map(([name, address]) => [name, { address, probe: { every: '100ms' } }]),
  );
  await writeFile(config, JSON.stringify({ engines: sections }));
  const { ports } = await place.up(['--http', '0', '--data', place.data, '--config', config]).ready;
  return { server: new BesideServer(ports.http!), httpPort: ports.http! };
}

/** An engine's address in the configuration. */
export function besideAddress(
  { amqp, http }: { readonly amqp: number; readonly http?: number },
  credentials = 'guest:guest',
): string {
  return `rabbitmq://${credentials}@127.0.0.1:${amqp}?management=http://127.0.0.1:${http}`;
}
