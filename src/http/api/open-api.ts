/** The OpenAPI 3.1 document, made from the table of routes; it can therefore not differ from what is served. */
import type { z } from 'zod';
import { auditTable } from './audit-table.js';
import { problemAnswer } from './answers.js';
import { rightsText } from './need.js';
import { rightsOf } from './rights-table.js';
import { inputPlaces, jsonSchema, type JsonSchema } from './request-input.js';
import { sessionPath } from './session-path.js';
import type { Route } from './route.js';

type Json = Readonly<Record<string, unknown>>;

const problemContent = {
  'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
};

/** How requests say who they are: by a password, or by a session and, for a change, what only its page knows. */
const securitySchemes = {
  basic: { type: 'http', scheme: 'basic' },
  cookieAuth: {
    type: 'apiKey',
    in: 'cookie',
    name: 'sluice-session',
    description:
      'Set by POST /v1/session. Over TLS its name is __Host-sluice-session. It counts where there is no Authorization header.',
  },
  csrfToken: {
    type: 'apiKey',
    in: 'header',
    name: 'x-csrf-token',
    description: 'The csrfToken of the session, in every request by cookie that is not a GET.',
  },
} as const;

const securityOfChanges = [{ basic: [] }, { cookieAuth: [], csrfToken: [] }] as const;

/** A JSON schema within the document: the document names the dialect once. */
function schemaOf(schema: z.ZodType): Json {
  return Object.fromEntries(Object.entries(jsonSchema(schema)).filter(([name]) => name !== '$schema'));
}

function parameter(place: 'path' | 'query', name: string, schema: JsonSchema): Json {
  const property = schema.properties?.[name] ?? {};
  const required = place === 'path' || (schema.required ?? []).includes(name);
  return { name, in: place, required, schema: property };
}

function bodyOf(route: Route, schema: JsonSchema, names: readonly string[]): Json {
  if (names.length === 0) return {};
  const properties = Object.fromEntries(names.map((name) => [name, schema.properties?.[name] ?? {}]));
  const required = names.filter((name) => (schema.required ?? []).includes(name));
  const content =
    route.bodyField === undefined
      ? {
          type: 'object',
          properties,
          additionalProperties: false,
          ...(required.length > 0 ? { required } : {}),
        }
      : properties[route.bodyField];
  return {
    requestBody: { required: required.length > 0, content: { 'application/json': { schema: content } } },
  };
}

/** What it needs: as data for programs, and in words for people. */
function rightsIn(method: string, path: string): Json {
  const rights = rightsOf(method, path);
  if (rights === undefined) return {};
  const { needs, elsewhere, note } = rights;
  return {
    description: `Needs ${rightsText(rights)}.`,
    'x-sluice-needs': { needs, ...(elsewhere && { elsewhere }), ...(note !== undefined && { note }) },
    ...auditIn(method, path),
  };
}

/** What it leaves in the audit log; what is not told changes nothing. */
function auditIn(method: string, path: string): Json {
  const leaves = auditTable.get(`${method.toUpperCase()} ${path}`);
  return leaves === undefined ? {} : { 'x-sluice-audit': leaves };
}

function operationOf(route: Route): Json {
  const { method, path, summary, tag, answer } = route;
  const places = inputPlaces(route);
  const { schema } = places;
  const json = answer === undefined ? {} : schemaOf(answer);
  return {
    operationId: `${method.toLowerCase()}${path.replace(/^\/v1/, '').replace(/[^a-zA-Z]+(\w?)/g, (_, next: string) => next.toUpperCase())}`,
    summary,
    ...rightsIn(method, path),
    tags: [tag],
    ...(method === 'GET' ? {} : { security: securityOfChanges }),
    parameters: [
      ...places.path.map((name) => parameter('path', name, schema)),
      ...places.query.map((name) => parameter('query', name, schema)),
    ],
    ...bodyOf(route, schema, places.body),
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: json } } },
      ...(answer === undefined ? { 204: { description: 'Done, and there is nothing to tell' } } : {}),
      default: { description: 'Refused, or failed', content: problemContent },
    },
  };
}

/** A stream, and so in no table. */
const events: Json = {
  operationId: 'getEvents',
  summary: 'Watch queues: figures and changes each second, as server-sent events',
  ...rightsIn('GET', '/v1/events'),
  tags: ['queues'],
  responses: {
    200: { description: 'A stream', content: { 'text/event-stream': { schema: { type: 'string' } } } },
    default: { description: 'Refused', content: problemContent },
  },
};

/** The document of these routes. */
export function openApi(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Record<string, Json>> = {
    '/v1/events': { get: events },
    '/v1/session': Object.fromEntries(
      Object.entries(sessionPath(schemaOf, problemContent)).map(([method, operation]) => [
        method,
        { ...operation, ...rightsIn(method, '/v1/session') },
      ]),
    ),
  };
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operationOf(route);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sluice',
      version,
      description: 'Names in a path are percent-encoded: the virtual host / is %2F.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ basic: [] }, { cookieAuth: [] }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes,
      schemas: { Problem: schemaOf(problemAnswer) },
    },
  };
}
