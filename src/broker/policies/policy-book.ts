/**
 * The policies of one virtual host, and which of them govern a queue or an exchange: of each kind the one with the
 * highest priority that matches. Invariant: equal books give equal answers, in whatever order they were written.
 */
import { mergeDefinitions } from './merge.js';
import { policyKeys } from './policy-keys.js';
import {
  concerns,
  policyKinds,
  type Policy,
  type PolicyDefinition,
  type PolicyKind,
  type PolicySubject,
} from './policy.js';

/** What governs one queue or exchange. Shared by all that the same two policies govern. */
export interface Governance {
  readonly policy: Policy | undefined;
  readonly operatorPolicy: Policy | undefined;
  /** What both set together. */
  readonly definition: PolicyDefinition;
}

export class PolicyBook {
  readonly #policies: Readonly<Record<PolicyKind, Map<string, Policy>>> = {
    policy: new Map(),
    'operator-policy': new Map(),
  };
  /** By priority; made when it is needed. */
  readonly #ordered = new Map<PolicyKind, readonly Policy[]>();
  readonly #shared = new Map<Policy | undefined, Map<Policy | undefined, Governance>>();

  get size(): number {
    return this.#policies.policy.size + this.#policies['operator-policy'].size;
  }

  find(kind: PolicyKind, name: string): Policy | undefined {
    return this.#policies[kind].get(name);
  }

  /** Adds a policy, or replaces the one of its kind and name. */
  set(policy: Policy): void {
    this.#policies[policy.kind].set(policy.name, policy);
    this.#forget(policy.kind);
  }

  clear(kind: PolicyKind, name: string): void {
    if (this.#policies[kind].delete(name)) this.#forget(kind);
  }

  #forget(kind: PolicyKind): void {
    this.#ordered.delete(kind);
    this.#shared.clear();
  }

  /** Those of one kind, the highest priority first, and by name among equals. */
  list(kind: PolicyKind): readonly Policy[] {
    let ordered = this.#ordered.get(kind);
    if (ordered === undefined) {
      ordered = [...this.#policies[kind].values()].sort(
        (a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1),
      );
      this.#ordered.set(kind, ordered);
    }
    return ordered;
  }

  *all(): Generator<Policy, void, undefined> {
    for (const kind of policyKinds) yield* this.#policies[kind].values();
  }

  /** Undefined: nothing governs it. */
  govern(subject: PolicySubject): Governance | undefined {
    if (this.size === 0) return undefined;
    const policy = this.#match('policy', subject);
    const operatorPolicy = this.#match('operator-policy', subject);
    if (policy === undefined && operatorPolicy === undefined) return undefined;
    return this.#governance(policy, operatorPolicy);
  }

  #match(kind: PolicyKind, subject: PolicySubject): Policy | undefined {
    return this.list(kind).find(
      (policy) =>
        concerns(policy.applyTo, subject) &&
        isUsable(policy.definition, subject) &&
        policy.matches(subject.name),
    );
  }

  #governance(policy: Policy | undefined, operatorPolicy: Policy | undefined): Governance {
    let byOperator = this.#shared.get(policy);
    if (byOperator === undefined)
      this.#shared.set(policy, (byOperator = new Map<Policy | undefined, Governance>()));
    let governance = byOperator.get(operatorPolicy);
    if (governance === undefined) {
      const definition = mergeDefinitions(policy?.definition ?? {}, operatorPolicy?.definition ?? {});
      byOperator.set(operatorPolicy, (governance = { policy, operatorPolicy, definition }));
    }
    return governance;
  }
}

/** A queue passes over a policy with a key that its type knows nothing of; an exchange passes over none. */
function isUsable(definition: PolicyDefinition, subject: PolicySubject): boolean {
  if (subject.kind === 'exchange') return true;
  for (const name of Object.keys(definition))
    if (policyKeys.get(name)?.foreignTo.includes(subject.type) === true) return false;
  return true;
}
