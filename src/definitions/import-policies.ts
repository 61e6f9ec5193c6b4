/** Imports policies, and operator policies, which RabbitMQ keeps among its parameters. */
import type { PolicyDeclaration, PolicyKind, PolicyReport, PolicyTarget } from '../broker/index.js';
import { SluiceError } from '../kernel/index.js';
import type { DefinitionKind } from './document.js';
import { operatorPolicyItem, policyItem } from './items.js';
import { readItem } from './read-item.js';
import type { ImportTally, ItemOutcome } from './report.js';
import type { DefinitionsTarget, ImportOptions } from './target.js';

/** The value of a policy item, whichever way it was written. */
interface PolicyFields {
  readonly pattern: string;
  readonly 'apply-to': string;
  readonly priority: number;
  readonly definition: PolicyDeclaration['definition'];
}

/** The policies of one import. */
export class PolicyImport {
  readonly #target: DefinitionsTarget;
  readonly #options: ImportOptions;
  readonly #tally: ImportTally;

  constructor(target: DefinitionsTarget, options: ImportOptions, tally: ImportTally) {
    this.#target = target;
    this.#options = options;
    this.#tally = tally;
  }

  policy(item: unknown): void {
    const given = readItem('policies', policyItem, item, this.#tally);
    if (given !== undefined)
      this.#import('policies', 'policy', given.vhost, declarationOf(given.name, given));
  }

  operatorPolicy(item: unknown): void {
    const given = readItem('parameters', operatorPolicyItem, item, this.#tally);
    if (given === undefined) return;
    const declaration = declarationOf(given.name, given.value);
    this.#import('parameters', 'operator-policy', given.vhost, declaration);
  }

  #import(
    part: DefinitionKind,
    kind: PolicyKind,
    home: string | undefined,
    declaration: PolicyDeclaration,
  ): void {
    const vhost = home ?? this.#options.vhost;
    const item = `${kind.replace('-', ' ')} '${declaration.name}' in vhost '${vhost}'`;
    const { policies } = this.#target.broker.administration;
    try {
      const outcome = this.#set(kind, vhost, declaration);
      this.#tally.count(part, outcome);
    } catch (error) {
      // RabbitMQ had it, perhaps by a plugin that Sluice has not.
      if (!(error instanceof SluiceError) || error.code !== 'bad-input')
        this.#tally.refuseFor(part, item, error);
      else this.#tally.refuse({ kind: part, item, outcome: 'unsupported', reason: error.message });
      return;
    }
    const ignored = policies.ignoredKeys(declaration.definition);
    if (ignored.length === 0) return;
    const reason = `${ignored.join(', ')}: without effect here`;
    this.#tally.note({ kind: part, item, outcome: 'unsupported', reason });
  }

  #set(kind: PolicyKind, vhost: string, declaration: PolicyDeclaration): ItemOutcome {
    const { administration } = this.#target.broker;
    const { policies } = administration;
    policies.check(kind, vhost, declaration);
    // On a dry run the virtual host may be one that was not made.
    const known = administration.listVirtualHosts().includes(vhost)
      ? policies.find(kind, vhost, declaration.name)
      : undefined;
    if (known !== undefined && isSame(known, declaration)) return 'unchanged';
    if (!this.#options.dryRun) policies.set(kind, vhost, declaration);
    return known === undefined ? 'created' : 'updated';
  }
}

function declarationOf(name: string, fields: PolicyFields): PolicyDeclaration {
  const { pattern, priority, definition } = fields;
  return { name, pattern, applyTo: fields['apply-to'] as PolicyTarget, priority, definition };
}

function isSame(known: PolicyReport, declaration: PolicyDeclaration): boolean {
  const textOf = ({ pattern, applyTo, priority, definition }: PolicyDeclaration): string =>
    JSON.stringify([pattern, applyTo, priority, Object.entries(definition).sort()]);
  return textOf(known) === textOf(declaration);
}
