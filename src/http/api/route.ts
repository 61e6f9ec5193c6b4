/**
 * What a route of the API is: where it lies, what it takes, who may ask, and what it does. The table of routes is the
 * API: what serves it and its OpenAPI document are both made from it. Invariant: every route says who may ask.
 */
import type { z } from 'zod';
import { SluiceError } from '../../kernel/index.js';
import type { Services } from '../../operations/index.js';
import type { TaskApp } from '../../tasks/index.js';
import type { Analyst } from '../analysis/analyst.js';
import type { Caller } from '../caller.js';

export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';

/** An answer that is not JSON. */
export class TextAnswer {
  readonly mediaType: string;
  readonly text: string;

  constructor(mediaType: string, text: string) {
    this.mediaType = mediaType;
    this.text = text;
  }
}

/** One request to a route. */
export interface Call {
  readonly caller: Caller;
  readonly services: Services;
  /** Tasks are in the virtual host `/`. */
  readonly tasks: () => Promise<TaskApp>;
  /** A text in the language of whoever asks, in which they search too; left out: English. */
  readonly say?: (text: string) => string;
  /** Answers whether tasks can meet their deadlines. */
  readonly analyst: Analyst;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
}

/** Where a route lies, in the words of its documentation. */
export interface RouteFace {
  readonly method: Method;
  /** `{name}`: a part of the path, percent-encoded. */
  readonly path: string;
  readonly summary: string;
  /** The group that it is listed with. */
  readonly tag: string;
  /** What the answer holds; undefined: not described further. */
  readonly answer?: z.ZodType;
  /** The body as a whole is this field of the input, and the other fields come from the query. */
  readonly bodyField?: string;
  /** Texts of the answer that the reader's language says: `title`, `causes[].title`. */
  readonly texts?: readonly string[];
  /** The largest body; 64 KiB unless said otherwise. */
  readonly bodyBytesMax?: number;
}

export interface Route extends RouteFace {
  /** The fields of path, query and body together; those outside the path are in the query for GET and DELETE. */
  readonly input: z.ZodType;
  /** Rejects with `SluiceError`. A result of null is an answer without a body. */
  serve(call: Call, input: unknown): Promise<unknown>;
}

/** A route, as the table writes it. */
export interface RouteDefinition<Input> extends RouteFace {
  readonly input: z.ZodType<Input>;
  /** Throws `access-refused`, before anything is looked up. */
  readonly allow: (caller: Caller, input: Input) => void;
  readonly run: (call: Call, input: Input) => Promise<unknown>;
}

/** Puts the schema and the rights in front of what a route does. */
export function route<Input>({ input, allow, run, ...face }: RouteDefinition<Input>): Route {
  return {
    ...face,
    input,
    async serve(call, given) {
      const parsed = input.safeParse(given);
      if (!parsed.success) throw new SluiceError('bad-input', problemsIn(parsed.error.issues));
      allow(call.caller, parsed.data);
      return run(call, parsed.data);
    },
  };
}

function problemsIn(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): string {
  return issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`))
    .join('; ');
}
