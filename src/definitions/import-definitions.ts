/**
 * Imports a definitions document, piece by piece. An item that cannot be taken is reported with the reason and
 * the rest goes on; importing the same document twice changes nothing the second time.
 */
import {
  unsupportedKinds,
  unsupportedParameter,
  type DefinitionKind,
  type DefinitionsPiece,
  type UnsupportedKind,
} from './document.js';
import { AccessImport } from './import-access.js';
import { PolicyImport } from './import-policies.js';
import { TopologyImport } from './import-topology.js';
import { namedItem, operatorPolicyComponent } from './items.js';
import { ImportTally, type ImportReport } from './report.js';
import type { DefinitionsTarget, ImportOptions } from './target.js';

/** An import under way. Close it at the end. */
export class DefinitionsImport {
  readonly #target: DefinitionsTarget;
  readonly #access: AccessImport;
  readonly #topology: TopologyImport;
  readonly #policies: PolicyImport;
  readonly #tally = new ImportTally();

  constructor(target: DefinitionsTarget, options: ImportOptions) {
    this.#target = target;
    this.#access = new AccessImport(target, options, this.#tally);
    this.#topology = new TopologyImport(target, options, this.#tally);
    this.#policies = new PolicyImport(target, options, this.#tally);
  }

  /** Imports some items; resolves when they are durable. */
  async take({ kind, items }: DefinitionsPiece): Promise<void> {
    for (const item of items) {
      if (kind === 'other') this.#refuse(kind, String(item), 'this part of the document is not known');
      else if (kind in unsupportedKinds)
        this.#refuseKnown(kind, item, unsupportedKinds[kind as UnsupportedKind]);
      else await this.#takeItem(kind as DefinitionKind, item);
    }
    await this.#target.broker.administration.durable();
  }

  report(): ImportReport {
    return this.#tally.report();
  }

  /** Ends what the import opened. */
  close(): void {
    this.#topology.close();
  }

  async #takeItem(kind: DefinitionKind, item: unknown): Promise<void> {
    switch (kind) {
      case 'vhosts':
        this.#topology.vhost(item);
        return;
      case 'users':
        return this.#access.user(item);
      case 'permissions':
        return this.#access.permission(item);
      case 'topic_permissions':
        return this.#access.topicPermission(item);
      case 'policies':
        this.#policies.policy(item);
        return;
      case 'parameters':
        this.#takeParameter(item);
        return;
      case 'exchanges':
        this.#topology.exchange(item);
        return;
      case 'queues':
        this.#topology.queue(item);
        return;
      case 'bindings':
        this.#topology.binding(item);
        return;
    }
  }

  #takeParameter(item: unknown): void {
    const parsed = namedItem.safeParse(item);
    if (parsed.success && parsed.data.component === operatorPolicyComponent)
      this.#policies.operatorPolicy(item);
    else this.#refuseKnown('parameters', item, unsupportedParameter);
  }

  #refuse(kind: DefinitionsPiece['kind'], item: string, reason: string): void {
    this.#tally.refuse({ kind, item, outcome: 'unsupported', reason });
  }

  #refuseKnown(kind: DefinitionsPiece['kind'], item: unknown, reason: string): void {
    const parsed = namedItem.safeParse(item);
    const { name, vhost, component } = parsed.success
      ? parsed.data
      : { name: '(malformed)', vhost: undefined, component: undefined };
    const label = component === undefined ? `'${name}'` : `${component} '${name}'`;
    this.#refuse(kind, vhost === undefined ? label : `${label} in vhost '${vhost}'`, reason);
  }
}
