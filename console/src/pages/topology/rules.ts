/** Which of declaration, policy and operator policy gives each key of a queue or an exchange. Pure. */
import type { Effect } from './read-topology.ts';

export type Giver = 'declared' | 'policy' | 'operatorPolicy';

export interface Rule {
  /** As an argument is written. */
  readonly key: string;
  /** Undefined: nothing of it counts here. */
  readonly value: unknown;
  /** What each of them says; undefined: nothing. */
  readonly said: Readonly<Record<Giver, unknown>>;
  /** Those whose value counts. */
  readonly givers: readonly Giver[];
}

export interface RuleSources {
  readonly effect: Effect;
  readonly declared: Readonly<Record<string, unknown>>;
  /** Definitions; undefined: there is none. */
  readonly policy: Readonly<Record<string, unknown>> | undefined;
  readonly operatorPolicy: Readonly<Record<string, unknown>> | undefined;
}

const givers = ['declared', 'policy', 'operatorPolicy'] as const;

/** As an argument: policies leave `x-` out. */
function argumentNamed(key: string): string {
  return key.startsWith('x-') || key === 'alternate-exchange' ? key : `x-${key}`;
}

function asArguments(definition: Readonly<Record<string, unknown>> = {}): Map<string, unknown> {
  return new Map(Object.entries(definition).map(([key, value]) => [argumentNamed(key), value]));
}

export function rulesOf({ effect, declared, policy, operatorPolicy }: RuleSources): readonly Rule[] {
  const by = {
    declared: new Map(Object.entries(declared)),
    policy: asArguments(policy),
    operatorPolicy: asArguments(operatorPolicy),
  };
  const counts = new Map(Object.entries(effect.arguments));
  const ignored = new Set((effect.ignored ?? []).map(argumentNamed));
  const keys = new Set([...counts.keys(), ...givers.flatMap((giver) => [...by[giver].keys()])]);
  return [...keys]
    .filter((key) => !ignored.has(key))
    .sort()
    .map((key) => {
      const value = counts.get(key);
      const said = {
        declared: by.declared.get(key),
        policy: by.policy.get(key),
        operatorPolicy: by.operatorPolicy.get(key),
      };
      const isGiver = (giver: Giver): boolean =>
        said[giver] !== undefined && JSON.stringify(said[giver]) === JSON.stringify(value);
      return { key, value, said, givers: givers.filter(isGiver) };
    });
}
