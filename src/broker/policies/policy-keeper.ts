/**
 * Sets and clears policies and lets queues and exchanges follow, in slices where they are many. Invariant: the book
 * and the record of a change go together; once a sweep has ended, everything in its virtual host is governed by the
 * book as it is then.
 */
import { SluiceError } from '../../kernel/index.js';
import type { BrokerCore } from '../core.js';
import type { Exchange } from '../exchange.js';
import type { Queue } from '../queue.js';
import type { VirtualHost } from '../state.js';
import { policyChange, type PolicyChange, type PolicyClearance } from '../topology-record.js';
import { checkPolicy, ignoredKeys } from './check-policy.js';
import type {
  PolicyAdministration,
  PolicyAnswer,
  PolicyEffect,
  PolicyReport,
  PolicyTargetName,
} from './face.js';
import { argumentsUnder, governExchange, governQueue } from './govern.js';
import type { PolicyDeclaration, PolicyDefinition, PolicyKind } from './policy.js';

/** Policies of both kinds in one virtual host: each declaration of a queue asks all of them. */
const policiesMax = 1_000;

/** How long one slice of a sweep may take. */
const sliceMs = 2;

/** A sweep over one virtual host. */
interface Sweep {
  readonly ended: Promise<void>;
  readonly end: () => void;
  subjects: Iterator<Queue | Exchange>;
}

export class PolicyKeeper implements PolicyAdministration {
  readonly #core: BrokerCore;
  readonly #sweeps = new Map<VirtualHost, Sweep>();

  constructor(core: BrokerCore) {
    this.#core = core;
  }

  check(kind: PolicyKind, vhost: string, declaration: PolicyDeclaration): void {
    checkPolicy(kind, vhost, declaration);
  }

  set(kind: PolicyKind, vhost: string, declaration: PolicyDeclaration): PolicyAnswer {
    const { policies } = this.#core.state.vhost(vhost);
    const change = policyChange(checkPolicy(kind, vhost, declaration));
    const known = policies.find(kind, change.name);
    if (known !== undefined && JSON.stringify(policyChange(known)) === JSON.stringify(change))
      return { sequence: this.#core.recorder.lastSequence, changed: false };
    if (known === undefined && policies.size >= policiesMax)
      throw new SluiceError(
        'limit-reached',
        `vhost '${vhost}' has ${policiesMax} policies, as many as it may`,
      );
    return this.#change(change);
  }

  clear(kind: PolicyKind, vhost: string, name: string): PolicyAnswer {
    const { policies } = this.#core.state.vhost(vhost);
    if (policies.find(kind, name) === undefined)
      throw new SluiceError('not-found', `no ${kind.replace('-', ' ')} '${name}' in vhost '${vhost}'`);
    return this.#change({ op: 'policy-clear', kind, vhost, name });
  }

  #change(change: PolicyChange | PolicyClearance): PolicyAnswer {
    const { state, recorder } = this.#core;
    const sequence = recorder.topology(change);
    state.applyTopology(change);
    this.#sweep(state.vhost(change.vhost));
    return { sequence, changed: true };
  }

  list(kind: PolicyKind, vhost?: string): PolicyReport[] {
    const { state } = this.#core;
    const hosts = vhost === undefined ? [...state.virtualHosts.values()] : [state.vhost(vhost)];
    return hosts.flatMap(({ policies }) => policies.list(kind).map(reportOf));
  }

  find(kind: PolicyKind, vhost: string, name: string): PolicyReport | undefined {
    const policy = this.#core.state.vhost(vhost).policies.find(kind, name);
    return policy === undefined ? undefined : reportOf(policy);
  }

  effectOn({ kind, vhost, name }: PolicyTargetName): PolicyEffect {
    const host = this.#core.state.vhost(vhost);
    const subject = kind === 'queue' ? host.queues.get(name) : host.exchanges.get(name);
    if (subject === undefined) throw new SluiceError('not-found', `no ${kind} '${name}' in vhost '${vhost}'`);
    const definition = subject.governance?.definition ?? {};
    return {
      policy: subject.governance?.policy?.name,
      operatorPolicy: subject.governance?.operatorPolicy?.name,
      definition,
      ignored: ignoredKeys(definition),
      arguments:
        subject.kind === 'queue'
          ? argumentsUnder(subject.arguments, subject.settings.type, definition)
          : alternateOf(subject),
    };
  }

  ignoredKeys(definition: PolicyDefinition): string[] {
    return ignoredKeys(definition);
  }

  settled(vhost: string): Promise<void> {
    const host = this.#core.state.virtualHosts.get(vhost);
    return (host === undefined ? undefined : this.#sweeps.get(host)?.ended) ?? Promise.resolve();
  }

  /** Begins a sweep, or begins the one that is under way anew. */
  #sweep(host: VirtualHost): void {
    const under = this.#sweeps.get(host);
    if (under !== undefined) {
      under.subjects = subjectsOf(host);
      return;
    }
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const sweep: Sweep = { ended, end, subjects: subjectsOf(host) };
    this.#sweeps.set(host, sweep);
    this.#continue(host, sweep);
  }

  #continue(host: VirtualHost, sweep: Sweep): void {
    const untilMs = this.#core.clock.monotonic() + sliceMs;
    for (let next = sweep.subjects.next(); next.done !== true; next = sweep.subjects.next()) {
      this.#govern(host, next.value);
      if (this.#core.clock.monotonic() < untilMs) continue;
      this.#core.later(() => {
        this.#continue(host, sweep);
      });
      return;
    }
    this.#sweeps.delete(host);
    sweep.end();
  }

  #govern(host: VirtualHost, subject: Queue | Exchange): void {
    if (subject.kind === 'queue') this.#governQueue(host, subject);
    else if (governExchange(subject, host.policies)) this.#core.state.topologyVersion++;
  }

  #governQueue(host: VirtualHost, queue: Queue): void {
    const { expiresMs } = queue.settings;
    if (queue.isDeleted || !governQueue(queue, host.policies)) return;
    // As in RabbitMQ: the time that it may be unused begins with the policy.
    if (queue.settings.expiresMs !== expiresMs) this.#core.used(queue);
    queue.isIdle = false;
    this.#core.dispatcher.enforceLimits(queue);
    this.#core.dispatcher.request(queue);
  }
}

function* subjectsOf(host: VirtualHost): Generator<Queue | Exchange, void, undefined> {
  yield* host.exchanges.values();
  yield* host.queues.values();
}

function alternateOf({ alternate }: Exchange): ReadonlyMap<string, string> {
  return new Map(alternate === undefined ? [] : [['alternate-exchange', alternate]]);
}

function reportOf({ kind, vhost, name, pattern, applyTo, priority, definition }: PolicyReport): PolicyReport {
  return { kind, vhost, name, pattern, applyTo, priority, definition };
}
