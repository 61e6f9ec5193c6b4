/**
 * Which policies stand, through crashes, and which of them each queue must have. Invariant: what stands is what the
 * journal held when the broker began; who governs is worked out without the broker's own matching.
 */
import type { PolicyDeclaration, PolicyKind, QueueReport } from '../../src/broker/index.js';

interface Step {
  readonly kind: PolicyKind;
  readonly name: string;
  /** Undefined: the policy was cleared. */
  readonly declaration: PolicyDeclaration | undefined;
  readonly sequence: number;
}

export class PolicyModel {
  #steps: Step[] = [];

  changed(step: Step): void {
    this.#steps.push(step);
  }

  /** The broker has begun again with what the journal held up to `lastSequence`. */
  recovered(lastSequence: number): void {
    this.#steps = this.#steps.filter(({ sequence }) => sequence <= lastSequence);
  }

  has(kind: PolicyKind, name: string): boolean {
    return this.#standing(kind).some((policy) => policy.name === name);
  }

  #standing(kind: PolicyKind): PolicyDeclaration[] {
    const last = new Map<string, PolicyDeclaration | undefined>();
    for (const step of this.#steps) if (step.kind === kind) last.set(step.name, step.declaration);
    return [...last.values()].filter((policy) => policy !== undefined);
  }

  #expected(kind: PolicyKind, queue: string, type: string): string | undefined {
    const [first] = this.#standing(kind)
      .filter(({ applyTo }) => applyTo === 'all' || applyTo === 'queues' || applyTo === `${type}_queues`)
      .filter(({ pattern }) => new RegExp(pattern).test(queue))
      .sort((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1));
    return first?.name;
  }

  /** What is wrong with the policies that a queue has. */
  faultOf(queue: QueueReport): string | undefined {
    const type = queue.arguments.get('x-queue-type') === 'quorum' ? 'quorum' : 'classic';
    const policy = this.#expected('policy', queue.name, type);
    const operatorPolicy = this.#expected('operator-policy', queue.name, type);
    if (queue.policy === policy && queue.operatorPolicy === operatorPolicy) return undefined;
    return `${queue.name} has the policies ${queue.policy} and ${queue.operatorPolicy}, not ${policy} and ${operatorPolicy}`;
  }
}
