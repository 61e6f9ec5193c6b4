/** What operators, the HTTP API and definitions see of policies. All of it refuses by a `SluiceError`. */
import type { FieldTable } from '../content/index.js';
import type { PolicyDeclaration, PolicyDefinition, PolicyKind } from './policy.js';

/** A policy as listed. */
export interface PolicyReport extends PolicyDeclaration {
  readonly kind: PolicyKind;
  readonly vhost: string;
}

/** What a change of policies did. `sequence` is durable when the change is; `changed` false: it was so before. */
export interface PolicyAnswer {
  readonly sequence: number;
  readonly changed: boolean;
}

/** A queue or an exchange that policies may govern. */
export interface PolicyTargetName {
  readonly kind: 'queue' | 'exchange';
  readonly vhost: string;
  readonly name: string;
}

/** Which policies are in effect for one queue or exchange, and what follows. */
export interface PolicyEffect {
  /** Names; undefined: none. */
  readonly policy: string | undefined;
  readonly operatorPolicy: string | undefined;
  /** What both policies set together: RabbitMQ's "effective policy definition". */
  readonly definition: PolicyDefinition;
  /** Keys of it that change nothing, as Sluice has no such thing. */
  readonly ignored: readonly string[];
  /** What counts in the end: the declaration's arguments and the policies' together. */
  readonly arguments: FieldTable;
}

/** Policies of a broker. */
export interface PolicyAdministration {
  /**
   * Sets a policy, in the place of the one of its kind and name. Queues and exchanges follow at once where they are
   * few; `settled` tells when all have. Throws `bad-input` with RabbitMQ's reasons, also as `details.reasons`,
   * `not-found` for the virtual host, `limit-reached` for one policy too many.
   */
  set(kind: PolicyKind, vhost: string, declaration: PolicyDeclaration): PolicyAnswer;
  /** Removes a policy. Throws `not-found`. */
  clear(kind: PolicyKind, vhost: string, name: string): PolicyAnswer;
  /** Those of one kind, by virtual host, the highest priority first. */
  list(kind: PolicyKind, vhost?: string): PolicyReport[];
  find(kind: PolicyKind, vhost: string, name: string): PolicyReport | undefined;
  /** Throws `not-found`. */
  effectOn(target: PolicyTargetName): PolicyEffect;
  /** Throws `bad-input` as `set` does for what cannot be a policy, and changes nothing. */
  check(kind: PolicyKind, vhost: string, declaration: PolicyDeclaration): void;
  /** Keys of a definition that change nothing, as Sluice has no such thing. */
  ignoredKeys(definition: PolicyDefinition): string[];
  /** Resolves when every queue and exchange of the virtual host follows its policies. */
  settled(vhost: string): Promise<void>;
}
