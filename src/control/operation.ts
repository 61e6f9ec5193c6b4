/**
 * What an operation is: a schema for its input and a function over the server's services. The control socket
 * runs operations now and HTTP later; an operation knows neither.
 */
import { SluiceError } from '../kernel/index.js';

/** One call of an operation, as the operation sees its caller. */
export interface OperationCall<Event, Message> {
  /** Sends one event; resolves when the caller can take more. Rejects with 'closed' when it is gone. */
  emit(event: Event): Promise<void>;
  /** What the caller sends after the input; ends when the caller says so, or is gone. */
  readonly messages: AsyncIterable<Message>;
  /** Aborted when the caller cancels or is gone. */
  readonly signal: AbortSignal;
}

/** As much of a zod schema as is needed here. */
export interface InputSchema<Input> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: Input }
    | { readonly success: false; readonly error: { readonly issues: readonly SchemaIssue[] } };
}

interface SchemaIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** One operation over `Services`. */
export interface Operation<Services, Input, Result, Event = never, Message = never> {
  readonly input: InputSchema<Input>;
  /** For operations that take a stream. */
  readonly message?: InputSchema<Message>;
  run(services: Services, input: Input, call: OperationCall<Event, Message>): Promise<Result>;
}

/** An operation whose services are in place, as a transport runs it. Rejects with `SluiceError`. */
export type BoundOperation = (input: unknown, call: OperationCall<unknown, unknown>) => Promise<unknown>;

/** What a transport runs, by name. */
export type BoundOperations = ReadonlyMap<string, BoundOperation>;

function accept<Input>(schema: InputSchema<Input>, value: unknown): Input {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`,
  );
  throw new SluiceError('bad-input', issues.join('; '));
}

async function* accepted<Message>(
  schema: InputSchema<Message> | undefined,
  messages: AsyncIterable<unknown>,
): AsyncIterable<Message> {
  for await (const message of messages) {
    if (schema === undefined) throw new SluiceError('bad-input', 'this operation takes no messages');
    yield accept(schema, message);
  }
}

/** Puts the services in place and the schemas in front. */
export function bindOperation<Services, Input, Result, Event, Message>(
  operation: Operation<Services, Input, Result, Event, Message>,
  services: Services,
): BoundOperation {
  return async (input, call) =>
    operation.run(services, accept(operation.input, input), {
      emit: (event) => call.emit(event),
      messages: accepted(operation.message, call.messages),
      signal: call.signal,
    });
}
