/**
 * The rules in force: those that come with Sluice, those of the configuration, and those of the API. Invariant: a name is
 * one rule; the configuration goes before the API, and both before what comes with Sluice.
 */
import { SluiceError } from '../kernel/index.js';
import { defaultRules } from './rules/default-rules.js';
import { parseRule, type Rule, type RuleDefinition } from './rules/rule.js';
import type { AlertSettings } from './settings.js';

/** A rule, and whose it is. */
export interface BookedRule {
  readonly rule: Rule;
  readonly source: 'default' | 'configuration' | 'api';
  /** What it tells, of rules that come with Sluice. */
  readonly help?: string | undefined;
}

const apiRulesMax = 500;

export class RuleBook {
  #defaults: readonly BookedRule[] = [];
  #configured: readonly BookedRule[] = [];
  readonly #fromApi = new Map<string, BookedRule>();

  constructor(settings: Pick<AlertSettings, 'rules' | 'without'>) {
    this.configure(settings);
  }

  configure({ rules, without }: Pick<AlertSettings, 'rules' | 'without'>): void {
    this.#defaults = defaultRules
      .filter(({ name }) => !without.includes(name))
      .map(({ definition, help }) => ({ rule: parseRule(definition), source: 'default', help }));
    this.#configured = rules.map((rule) => ({ rule, source: 'configuration' }));
  }

  /** All of them, by name. */
  all(): readonly BookedRule[] {
    const byName = new Map<string, BookedRule>();
    for (const booked of [...this.#defaults, ...this.#fromApi.values(), ...this.#configured])
      byName.set(booked.rule.name, booked);
    return [...byName.values()].sort((a, b) => (a.rule.name < b.rule.name ? -1 : 1));
  }

  find(name: string): BookedRule | undefined {
    return this.all().find(({ rule }) => rule.name === name);
  }

  /** @throws SluiceError `bad-input`, `precondition-failed` where the configuration has it, `limit-reached`. */
  put(definition: RuleDefinition): Rule {
    const rule = parseRule(definition);
    this.#requireOurs(rule.name);
    if (!this.#fromApi.has(rule.name) && this.#fromApi.size >= apiRulesMax)
      throw new SluiceError('limit-reached', `there are ${apiRulesMax} rules already`);
    this.#fromApi.set(rule.name, { rule, source: 'api' });
    return rule;
  }

  /** False: the API has no such rule. @throws SluiceError `precondition-failed`. */
  remove(name: string): boolean {
    this.#requireOurs(name);
    return this.#fromApi.delete(name);
  }

  #requireOurs(name: string): void {
    if (this.#configured.every(({ rule }) => rule.name !== name)) return;
    throw new SluiceError('precondition-failed', `rule ${name} stands in the configuration: change it there`);
  }
}

/** The rules that settings bring into force, by name. */
export function configuredRules(settings: Pick<AlertSettings, 'rules' | 'without'>): readonly BookedRule[] {
  return new RuleBook(settings).all();
}
