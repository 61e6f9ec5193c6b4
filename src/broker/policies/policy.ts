/**
 * Policies as values: what an operator sets by pattern for queues and exchanges that others declare. A policy never
 * changes; setting it again makes another.
 */
import { pattern } from '../../kernel/index.js';
import type { QueueType } from '../queue-settings.js';

/** An operator policy can only limit, and stands beside the policy that a queue has otherwise. */
export const policyKinds = ['policy', 'operator-policy'] as const;
export type PolicyKind = (typeof policyKinds)[number];

/** What a policy is for, in RabbitMQ's words. */
export const policyTargets = [
  'all',
  'queues',
  'classic_queues',
  'quorum_queues',
  'streams',
  'exchanges',
] as const;
export type PolicyTarget = (typeof policyTargets)[number];

/** A value in a definition, as JSON has it. */
export type PolicyValue =
  string | number | boolean | null | readonly PolicyValue[] | { readonly [name: string]: PolicyValue };

/** What a policy sets: RabbitMQ's keys, such as `max-length`, and Sluice's own. */
export type PolicyDefinition = Readonly<Record<string, PolicyValue>>;

/** A policy as it is asked for. */
export interface PolicyDeclaration {
  readonly name: string;
  /** Searched for anywhere in a name unless it is anchored; empty matches every name. */
  readonly pattern: string;
  readonly applyTo: PolicyTarget;
  /** The highest that matches is in effect; of equal ones the first by name. */
  readonly priority: number;
  readonly definition: PolicyDefinition;
}

/** What a policy may govern. */
export type PolicySubject =
  | { readonly kind: 'queue'; readonly name: string; readonly type: QueueType }
  | { readonly kind: 'exchange'; readonly name: string };

export interface Policy extends PolicyDeclaration {
  readonly kind: PolicyKind;
  readonly vhost: string;
  matches(name: string): boolean;
}

/** Throws `bad-input` for a pattern that cannot be matched in linear time; its definition is checked elsewhere. */
export function makePolicy(kind: PolicyKind, vhost: string, declaration: PolicyDeclaration): Policy {
  const { name, pattern: source, applyTo, priority, definition } = declaration;
  const compiled = source === '' ? undefined : pattern(source);
  const matches = (subject: string): boolean => compiled?.matches(subject) ?? true;
  return { kind, vhost, name, pattern: source, applyTo, priority, definition, matches };
}

/** Whether a policy for `target` may govern the subject, whatever its name. */
export function concerns(target: PolicyTarget, subject: PolicySubject): boolean {
  if (target === 'all') return true;
  if (subject.kind === 'exchange') return target === 'exchanges';
  return target === 'queues' || target === `${subject.type}_queues`;
}

/** The definition with its keys in order, so that equal ones have equal texts. */
export function canonicalDefinition(definition: PolicyDefinition): PolicyDefinition {
  return Object.fromEntries(Object.entries(definition).sort(([a], [b]) => (a < b ? -1 : 1)));
}
