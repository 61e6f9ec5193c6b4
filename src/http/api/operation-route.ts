/** Routes over the operations of the server: the same that the control socket offers to the command line. */
import { z } from 'zod';
import { bindOperation, type Operation } from '../../control/index.js';
import { assert } from '../../kernel/index.js';
import {
  operations,
  type OperationInput,
  type OperationMessage,
  type OperationName,
  type OperationResult,
  type Services,
} from '../../operations/index.js';
import { route, type Call, type Route, type RouteDefinition } from './route.js';

type AnyOperation = Operation<Services, unknown, unknown, unknown, unknown>;

/** What an operation is given besides its input. */
export interface OperationStream<Name extends OperationName> {
  readonly onEvent?: (event: unknown) => void;
  readonly messages?: Iterable<OperationMessage<Name>>;
}

async function* each<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  yield* items;
  return Promise.resolve();
}

/** Runs an operation for a request. */
export async function runOperation<Name extends OperationName>(
  { services, signal }: Call,
  name: Name,
  input: OperationInput<Name>,
  { onEvent, messages = [] }: OperationStream<Name> = {},
): Promise<OperationResult<Name>> {
  const run = bindOperation(operations[name] as AnyOperation, services);
  const result = await run(input, {
    emit(event) {
      onEvent?.(event);
      return Promise.resolve();
    },
    messages: each(messages),
    signal,
  });
  return result;
}

/** The schema of an operation's input. */
export function inputOf(name: OperationName): z.ZodObject {
  const { input } = operations[name] as AnyOperation;
  assert(input instanceof z.ZodObject, 'an operation takes an object');
  return input;
}

/** What is special about a route over an operation. */
export type OperationRoute<Name extends OperationName> = Omit<
  RouteDefinition<OperationInput<Name>>,
  'input' | 'run'
> & {
  /** Values of fields that a request may leave out. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** The events are the answer, as `items`; undefined: the result is. */
  readonly collects?: 'events';
};

/** A route that is an operation: its input is that of the operation. */
export function operationRoute<Name extends OperationName>(
  name: Name,
  { defaults = {}, collects, ...definition }: OperationRoute<Name>,
): Route {
  const shape = Object.fromEntries(
    Object.entries(defaults).map(([field, value]) => [field, defaulted(inputOf(name), field, value)]),
  );
  const input = inputOf(name).extend(shape) as unknown as z.ZodType<OperationInput<Name>>;
  const run = async (call: Call, given: OperationInput<Name>): Promise<unknown> => {
    if (collects === undefined) return runOperation(call, name, given);
    const items: unknown[] = [];
    await runOperation(call, name, given, { onEvent: (event) => items.push(event) });
    return { items };
  };
  return route({ ...definition, input, run });
}

function defaulted(input: z.ZodObject, field: string, value: unknown): z.ZodType {
  const schema = input.shape[field] as z.ZodType | undefined;
  assert(schema !== undefined, 'a default belongs to a field of the input');
  return schema.default(value);
}
