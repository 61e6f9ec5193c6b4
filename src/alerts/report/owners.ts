/** Who owns what is measured: the section `owners` of the configuration. Invariant: the first rule that matches counts. */
import { z } from 'zod';
import { textMatcher, type TextMatcher } from '../rules/selector.js';
import { attempt } from './attempt.js';

/** Told of what no rule names. */
export const nobody = 'nobody';

const rulesMax = 500;
const patternText = z
  .string()
  .min(1)
  .max(255)
  .refine(
    (text) => attempt(() => textMatcher(text)) !== undefined,
    'is not a name, a glob or /an expression/',
  );

/** Names are exact, a glob, or `/a regular expression/`. */
const ownerRule = z
  .strictObject({
    owner: z
      .string()
      .min(1)
      .max(63)
      .refine((name) => name !== nobody, `'${nobody}' is who owns what no rule names`),
    vhost: patternText.optional(),
    queue: patternText.optional(),
    /** The user of a connection. */
    user: patternText.optional(),
  })
  .refine(
    ({ vhost, queue, user }) => (vhost ?? queue ?? user) !== undefined,
    'needs one of vhost, queue and user',
  );

export const ownerSettings = z.array(ownerRule).max(rulesMax).default([]);

export type OwnerRule = z.output<typeof ownerRule>;

type Part = 'vhost' | 'queue' | 'user';

interface CompiledRule {
  readonly owner: string;
  readonly parts: readonly { readonly part: Part; readonly matches: TextMatcher }[];
}

/** Rules made ready to be asked often. */
export class OwnerBook {
  readonly #rules: readonly CompiledRule[];
  readonly #owners = new Map<string, string>();

  constructor(rules: readonly OwnerRule[]) {
    this.#rules = rules.map(({ owner, ...given }) => ({
      owner,
      parts: (['vhost', 'queue', 'user'] as const).flatMap((part) => {
        const source = given[part];
        return source === undefined ? [] : [{ part, matches: textMatcher(source) }];
      }),
    }));
  }

  /** The owner of a queue. */
  ofQueue(vhost: string, queue: string): string {
    return this.#find({ vhost, queue });
  }

  /** The owner of a connection, by who signed in. */
  ofConnection(vhost: string, user: string): string {
    const key = JSON.stringify([vhost, user]);
    const known = this.#owners.get(key);
    if (known !== undefined) return known;
    const owner = this.#find({ vhost, user });
    this.#owners.set(key, owner);
    return owner;
  }

  /** A rule that asks for what the object does not have is not about it. */
  #find(given: Partial<Record<Part, string>>): string {
    const rule = this.#rules.find(({ parts }) =>
      parts.every(({ part, matches }) => {
        const text = given[part];
        return text !== undefined && matches(text);
      }),
    );
    return rule?.owner ?? nobody;
  }
}
