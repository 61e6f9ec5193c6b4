/**
 * Random requests to the management API: every route, and paths that there are not, with hostile names, queries and
 * bodies, in any order over one server. None is answered as a bug (500), and none is left unanswered.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seededRandom, type Random } from '../../kernel/index.js';
import { basic } from '../testing/http-fixture.js';
import { rabbitFixture, type RabbitFixture } from './testing/rabbit-fixture.js';
import { rabbitRoutes } from './rabbit-routes.js';

/** A failure names its seed; another may be given. */
const seed = Number(process.env['SLUICE_SEED'] ?? 11);
const requests = Number(process.env['SLUICE_FUZZ_REQUESTS'] ?? 1_500);
const patienceMs = 30_000;

let rabbit: RabbitFixture;

beforeAll(async () => {
  rabbit = await rabbitFixture();
  // Whoever asks is named by no request, so that it is never deleted.
  await rabbit.addUser('asker', ['administrator'], '.*');
});

afterAll(() => rabbit.close());

const names = [
  ...['a', 'b', '/', '%2F', '', '.', '..', '~', 'amq.default', 'amq.topic', 'e', 'q', 'guest', 'nobody'],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'x'.repeat(300),
    '日本',
    '\u0000',
    '\r\nx: y',
    '%',
    '%zz',
    '%C3%28',
  ],
  ...[
    '0',
    '-1',
    '1',
    '5672',
    '99999999999',
    'days',
    'max-queues',
    'shovel',
    '^(a+)+$',
    '*',
    '(',
    '[',
    '\ud800',
  ],
];

const queryNames = [
  ...['page', 'page_size', 'name', 'use_regex', 'sort', 'sort_reverse', 'columns', 'disable_stats'],
  ...[
    'enable_queue_totals',
    'lengths_age',
    'lengths_incr',
    'msg_rates_age',
    'msg_rates_incr',
    'data_rates_age',
  ],
  ...[
    'data_rates_incr',
    'node_stats_age',
    'node_stats_incr',
    'if-unused',
    'if-empty',
    'pagination',
    '__proto__',
  ],
];

const queryValues = [
  ...[
    '1',
    '0',
    '-5',
    '500',
    '501',
    'true',
    'false',
    '',
    'name',
    'a.b.c',
    'message_stats.publish_details.rate',
  ],
  ...[
    '__proto__.x',
    '(a+)+$',
    '((((',
    '[^',
    '%',
    '%00',
    '1e9',
    'NaN',
    '60',
    '600',
    '31536000',
    'é',
    'x'.repeat(2_000),
  ],
];

const fieldNames = [
  ...['durable', 'auto_delete', 'internal', 'arguments', 'type', 'routing_key', 'properties', 'payload'],
  ...['payload_encoding', 'count', 'ackmode', 'encoding', 'truncate', 'pattern', 'definition', 'priority'],
  ...[
    'apply-to',
    'configure',
    'write',
    'read',
    'exchange',
    'tags',
    'password',
    'password_hash',
    'value',
    'users',
  ],
  ...[
    'action',
    'description',
    'tracing',
    'default_queue_type',
    'queues',
    'exchanges',
    'bindings',
    'vhosts',
    'policies',
  ],
  ...[
    'permissions',
    'parameters',
    'global_parameters',
    '__proto__',
    'headers',
    'name',
    'vhost',
    'destination',
    'source',
  ],
];

const scalars: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    1,
    1.5,
    1e308,
    2 ** 53,
    '',
    'a',
    'true',
    '.*',
    '(',
    'topic',
    'classic',
    'string',
  ],
  ...[
    'base64',
    'ack_requeue_true',
    'ack_requeue_false',
    'auto',
    'administrator',
    '日本',
    '\u0000',
    'x'.repeat(300),
  ],
];

const pick = <Value>(random: Random, values: readonly Value[]): Value =>
  values[Math.floor(random.next() * values.length)]!;

function anyValue(random: Random, depth = 0): unknown {
  const kind = random.next();
  if (depth > 4 || kind < 0.6) return pick(random, scalars);
  const count = Math.floor(random.next() * 5);
  if (kind < 0.75) return Array.from({ length: count }, () => anyValue(random, depth + 1));
  return Object.fromEntries(
    Array.from({ length: count }, () => [pick(random, fieldNames), anyValue(random, depth + 1)]),
  );
}

/** Mostly an object with fields that routes look for; now and then no JSON at all. */
function anyBody(random: Random): string | undefined {
  const kind = random.next();
  if (kind < 0.15) return undefined;
  if (kind < 0.25)
    return pick(random, ['', '{', '[]', 'null', '"x"', '7', '{"a":', '\u0000', '['.repeat(5_000)]);
  const fields = Array.from({ length: Math.floor(random.next() * 7) }, () => [
    pick(random, fieldNames),
    anyValue(random),
  ]);
  return JSON.stringify(Object.fromEntries(fields));
}

/** Percent-encoded as clients should, or not at all. */
function written(random: Random, name: string): string {
  if (random.next() < 0.2) return name.replace(/[\s\u0000?#]|\p{C}/gu, '_');
  return encodeURIComponent(name.toWellFormed());
}

function anyPath(random: Random): string {
  const path =
    random.next() < 0.95 ? pick(random, rabbitRoutes).path : `/${pick(random, names)}/${pick(random, names)}`;
  const filled = path.replace(/\{\w+\}/g, () =>
    written(random, random.next() < 0.4 ? 'a' : pick(random, names)),
  );
  return random.next() < 0.1 ? `${filled}/` : filled;
}

function anyQuery(random: Random): string {
  if (random.next() < 0.5) return '';
  const pairs = Array.from({ length: 1 + Math.floor(random.next() * 4) }, () => {
    const value = pick(random, queryValues);
    return `${pick(random, queryNames)}=${random.next() < 0.8 ? encodeURIComponent(value) : value.replace(/[#\s]/g, '')}`;
  });
  return `?${pairs.join('&')}`;
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
}

function anyRequest(random: Random): Request {
  const method = pick(random, ['GET', 'GET', 'PUT', 'PUT', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH']);
  const hasBody = !['GET', 'HEAD'].includes(method);
  return {
    method,
    path: `/api${anyPath(random)}${anyQuery(random)}`,
    body: hasBody ? anyBody(random) : undefined,
  };
}

it('answers whatever it is asked, and never as a bug', { timeout: 120_000 }, async () => {
  const random = seededRandom(seed);
  const statuses = new Set<number>();
  for (let asked = 0; asked < requests; asked++) {
    const { method, path, body } = anyRequest(random);
    const told = `seed ${seed}, request ${asked}: ${method} ${path} ${body ?? ''}`.slice(0, 2_000);
    const response = await fetch(rabbit.url + path, {
      method,
      headers: { authorization: basic('asker:asker'), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(patienceMs),
    }).catch((problem: unknown) => {
      throw new Error(told, { cause: problem });
    });
    const text = await response.text();
    statuses.add(response.status);
    expect(response.status, told).not.toBe(500);
    if (response.ok && text !== '') expect(() => JSON.parse(text) as unknown, told).not.toThrow();
  }
  expect(rabbit.failures).toEqual([]);
  expect(await rabbit.read('/whoami', { user: 'asker:asker' })).toMatchObject({ name: 'asker' });
  expect([...statuses]).toEqual(expect.arrayContaining([200, 201, 204, 400, 404, 405]));
});
