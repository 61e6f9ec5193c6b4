/**
 * What a queue or an exchange of another engine is governed by: what it was declared with and what its policies set, by
 * RabbitMQ's rules. Pure. Invariant: a key that no rule is known for is the declaration's where that has it.
 */
import { mergeWithArgument, type PolicyValue } from '../broker/index.js';

type Table = Readonly<Record<string, unknown>>;

/** `type`: of the queue, as the engine names it; undefined: unknown, or an exchange. */
export function effectiveArguments(
  kind: 'queue' | 'exchange',
  type: string | undefined,
  declared: Table,
  definition: Table,
): Table {
  const effective = new Map(Object.entries(declared));
  for (const [key, given] of Object.entries(definition)) {
    const name = kind === 'queue' ? `x-${key}` : key;
    const own = effective.get(name);
    const value =
      own === undefined
        ? given
        : mergeWithArgument(
            key,
            type === 'quorum' ? 'quorum' : 'classic',
            given as PolicyValue,
            own as PolicyValue,
          );
    effective.set(name, value);
  }
  return Object.fromEntries(effective);
}
