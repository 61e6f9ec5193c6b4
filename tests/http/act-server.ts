/** A real server whose audit log is looked at after each request. Invariant: every record is looked at once. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditLine } from '../../src/access/index.js';
import { ask, type Answered, type Asked } from '../../src/http/testing/http-fixture.js';
import { makeWorkplace, type Workplace } from '../cli/sluice.js';

/** A record, as `/v1/audit` gives it. */
export type Told = Pick<
  AuditLine,
  'sequence' | 'event' | 'actor' | 'source' | 'subject' | 'outcome' | 'reason'
>;

/** Each act is a record of its own, and passwords are cheap. */
const configuration = `access:
  audit: { coalesceMs: 0 }
  passwords: { memoryKibibytes: 8, passes: 1 }
`;

/** What asking itself may leave. */
const ofAsking = ['access-refused', 'sign-in'];

export class ActServer {
  readonly place: Workplace;
  readonly url: string;
  readonly amqp: string;
  #seen = 0;

  private constructor(place: Workplace, ports: { readonly amqp: number; readonly http?: number }) {
    this.place = place;
    this.url = `http://127.0.0.1:${String(ports.http)}`;
    this.amqp = `amqp://127.0.0.1:${String(ports.amqp)}`;
  }

  static async start(): Promise<ActServer> {
    const place = await makeWorkplace();
    await writeFile(join(place.folder, 'sluice.yaml'), configuration);
    const up = place.up(['--http', '0', '--config', 'sluice.yaml', '--data', place.data]);
    return new ActServer(place, (await up.ready).ports);
  }

  close(): Promise<void> {
    return this.place.close();
  }

  ask(method: string, path: string, asked?: Asked): Promise<Answered> {
    return ask(this.url, method, path, asked);
  }

  /** As `guest`, who administers; throws where it is refused. */
  async made(method: string, path: string, json?: unknown, user = 'guest:guest'): Promise<Answered['json']> {
    const answer = await this.ask(method, path, { user, ...(json === undefined ? {} : { json }) });
    if (answer.status >= 300) throw new TypeError(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  /** What was recorded since it was last asked, oldest first, but for what asking itself leaves. */
  async told(): Promise<readonly Told[]> {
    const { items } = await this.made('GET', '/v1/audit?limit=200');
    const news = (items as unknown as Told[]).filter(({ sequence }) => sequence > this.#seen).reverse();
    this.#seen = news.at(-1)?.sequence ?? this.#seen;
    return news.filter(({ event }) => !ofAsking.includes(event));
  }
}
