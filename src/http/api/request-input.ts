/**
 * The input of a route from its request: parts of the path, the query, the body. Invariant: a field has one place
 * where it may come from, and what is unknown is refused, never ignored.
 */
import { z } from 'zod';
import { SluiceError } from '../../kernel/index.js';
import type { Route } from './route.js';

/** As much of a JSON schema as is looked at. */
export interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly [key: string]: unknown;
}

/** A request, as HTTP gives it. */
export interface RawInput {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** The fields of a route's input by the place they come from. */
export interface InputPlaces {
  readonly schema: JsonSchema;
  readonly path: readonly string[];
  readonly query: readonly string[];
  readonly body: readonly string[];
}

/** The JSON schema of what goes in. */
export function jsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
}

/** Where each field of a route's input comes from. */
export function inputPlaces({ method, path, input, bodyField }: Route): InputPlaces {
  const schema = jsonSchema(input);
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  const others = Object.keys(schema.properties ?? {}).filter((name) => !inPath.includes(name));
  const isBody = (name: string): boolean =>
    bodyField === undefined ? method === 'PUT' || method === 'POST' : name === bodyField;
  return {
    schema,
    path: inPath,
    query: others.filter((name) => !isBody(name)),
    body: others.filter(isBody),
  };
}

/** Puts an input together; the route's schema checks it. Throws `bad-input`. */
export function readInput(places: InputPlaces, raw: RawInput, bodyField?: string): Record<string, unknown> {
  return {
    ...(bodyField === undefined ? fieldsOf(raw.body, places) : { [bodyField]: raw.body }),
    ...coerced(raw.query, places, 'query', places.query),
    ...coerced(raw.path, places, 'path', places.path),
  };
}

function fieldsOf(body: unknown, { body: allowed }: InputPlaces): Record<string, unknown> {
  if (body === undefined || body === null) return {};
  if (typeof body !== 'object' || Array.isArray(body)) {
    throw new SluiceError('bad-input', 'the body is not a JSON object');
  }
  requireKnown(body, allowed, 'body');
  return { ...body };
}

function requireKnown(given: object, allowed: readonly string[], place: string): void {
  const stranger = Object.keys(given).find((name) => !allowed.includes(name));
  if (stranger === undefined) return;
  const known = allowed.length === 0 ? 'takes nothing' : `takes ${allowed.join(', ')}`;
  throw new SluiceError('bad-input', `${stranger.slice(0, 64)}: unknown; the ${place} ${known}`);
}

/** Texts as the schema's types. One that is not of its type stays a text, which the schema then refuses. */
function coerced(
  given: Readonly<Record<string, unknown>>,
  { schema }: InputPlaces,
  place: string,
  allowed: readonly string[],
): Record<string, unknown> {
  requireKnown(given, allowed, place);
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, typed(value, schema.properties?.[name]?.type)]),
  );
}

function typed(value: unknown, type: string | undefined): unknown {
  if (typeof value !== 'string') return value;
  if ((type === 'integer' || type === 'number') && /^-?\d{1,16}(\.\d+)?$/.test(value)) return Number(value);
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}
