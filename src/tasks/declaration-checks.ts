/**
 * What the compiler holds for programs with types, and programs without learn here: that the parts of a task's
 * declaration are of the right kind. Pure.
 */
import { requireKnownOptions, SluiceError, type OptionNames } from '../kernel/index.js';
import { decodeValue } from './payload.js';
import { isSchema, validate, type StandardSchema } from './standard-schema.js';
import { SchemaMismatch } from './task-errors.js';

/** The parts that are looked at here, of any kind. */
export interface DeclaredParts {
  readonly input?: unknown;
  readonly output?: unknown;
  readonly run?: unknown;
  readonly key?: unknown;
  readonly tenant?: unknown;
  readonly onLate?: unknown;
  readonly admission?: unknown;
  readonly workers?: unknown;
  readonly arrivals?: unknown;
  readonly cost?: unknown;
}

const latePolicies: readonly unknown[] = ['run', 'dead-letter', 'drop'];
const admissions: readonly unknown[] = ['reject', 'warn'];
const arrivalNames: OptionNames<{ atMost: never }> = { atMost: true };
const costNames: OptionNames<{ p95: never }> = { p95: true };

/** Throws `bad-input`, naming the task and the part. */
export function checkParts(name: string, parts: DeclaredParts): void {
  const what = `task '${name}'`;
  for (const part of ['input', 'output'] as const)
    if (parts[part] !== undefined && !isSchema(parts[part]))
      throw refusal(`${what}: ${part} is no Standard Schema (zod, valibot, arktype and others are)`);
  for (const part of ['run', 'key', 'tenant'] as const)
    if (parts[part] !== undefined && typeof parts[part] !== 'function')
      throw refusal(`${what}: ${part} is a function, not ${shown(parts[part])}`);
  checkChoice(`${what}: onLate`, parts.onLate, latePolicies);
  checkChoice(`${what}: admission`, parts.admission, admissions);
  const { workers, arrivals, cost } = parts;
  if (workers !== undefined && !(Number.isInteger(workers) && (workers as number) >= 1))
    throw refusal(`${what}: workers is a whole number from 1, not ${shown(workers)}`);
  if (arrivals !== undefined) requireKnownOptions(arrivals as object, arrivalNames, `arrivals of ${what}`);
  if (typeof cost === 'object') requireKnownOptions(cost as object, costNames, `cost of ${what}`);
}

/** What every run of a periodic task gets, where its schema can tell at once. Throws `SchemaMismatch`. */
export function checkPeriodicPayload(name: string, input: StandardSchema, body: Buffer): void {
  const what = `the payload of task '${name}'`;
  const validation = validate(input, decodeValue(body.toString(), what));
  if (validation instanceof Promise) {
    // Each run is checked at its worker.
    validation.catch(() => undefined);
    return;
  }
  if (validation.kind === 'invalid') throw new SchemaMismatch(what, validation.issues);
}

function checkChoice(what: string, given: unknown, choices: readonly unknown[]): void {
  if (given === undefined || choices.includes(given)) return;
  throw refusal(`${what} is one of ${choices.join(', ')}, not ${shown(given)}`);
}

function shown(given: unknown): string {
  return typeof given === 'string' || typeof given === 'number' ? `'${given}'` : `a ${typeof given}`;
}

function refusal(message: string): SluiceError {
  return new SluiceError('bad-input', message);
}
