/**
 * What any schema library may look like to us: version 1 of the Standard Schema specification (standardschema.dev),
 * which zod, valibot and arktype implement. Only the parts that are read here.
 */

/** A schema that takes `Input` and gives `Output`. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Verdict<Output> | Promise<Verdict<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

type Verdict<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong with a value. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What a schema made of a value, at once where the schema is synchronous. */
export type Validation<Output> =
  | { readonly kind: 'valid'; readonly value: Output }
  | { readonly kind: 'invalid'; readonly issues: string[] };

export function validate<Output>(
  schema: StandardSchema<unknown, Output>,
  value: unknown,
): Validation<Output> | Promise<Validation<Output>> {
  const verdict = schema['~standard'].validate(value);
  return verdict instanceof Promise ? verdict.then(validationOf) : validationOf(verdict);
}

function validationOf<Output>(verdict: Verdict<Output>): Validation<Output> {
  if (verdict.issues === undefined) return { kind: 'valid', value: verdict.value };
  return { kind: 'invalid', issues: verdict.issues.map(textOf) };
}

/** `items.0.price: expected a number`. */
function textOf({ path, message }: SchemaIssue): string {
  if (path === undefined || path.length === 0) return message;
  const names = path.map((part) => String(typeof part === 'object' ? part.key : part));
  return `${names.join('.')}: ${message}`;
}

/** Throws nothing; false for what is no schema, which untyped programs may pass. */
export function isSchema(given: unknown): given is StandardSchema {
  if ((typeof given !== 'object' && typeof given !== 'function') || given === null) return false;
  const standard: unknown = (given as { '~standard'?: unknown })['~standard'];
  return typeof standard === 'object' && standard !== null && 'validate' in standard;
}
