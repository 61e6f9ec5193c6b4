/**
 * Remedies that rules want. Invariants: nothing is done on an alert that is not known to hold now, more often than the
 * rule allows, or twice for the same alert; each step and each reason not to act is a line of the incident.
 */
import { messageOf, SluiceError, type Clock } from '../../kernel/index.js';
import type { Figures } from '../../monitor/index.js';
import { isOccupied } from './occupied.js';
import type { Alert, Incident, IncidentEvent } from '../types.js';
import type { Parameters } from './remedy.js';
import type { RemedyPreview, Trigger, Wish } from './remedies.js';
import type { Doer } from './remedy-steps.js';
import type { RemedyRun } from './remedy-run.js';
import type { RemedySetting } from './remedy-setting.js';

/** Incidents with the rules behind their alerts. */
export interface RuledRemedies {
  incidents(): readonly Incident[];
  incident(id: string): Incident | undefined;
  /** The remedy that a rule wants; undefined: none. */
  remedyOf(rule: string): RemedySetting | undefined;
}

/** Those who do it. */
export interface Doing {
  readonly automatic: { readonly isOn: boolean };
  runs(): readonly RemedyRun[];
  preview(name: string, parameters: Parameters): Promise<RemedyPreview>;
  ask(wish: Wish, by: Doer, trigger: Trigger): Promise<RemedyRun>;
  applyByRule(wish: Wish, by: Doer, trigger: Trigger): Promise<RemedyRun>;
}

interface AutomaticOptions {
  readonly clock: Clock;
  readonly figures: Figures | undefined;
  readonly incidents: RuledRemedies | undefined;
  readonly addLine: (incident: string, event: IncidentEvent) => void;
}

/** Older measurements are no ground to act on. */
const freshMs = 15_000;
/** A remedy whose parameters a cause has to tell waits so long for one. */
const causeWithinMs = 60_000;

export class Automatic {
  readonly #options: AutomaticOptions;
  readonly #doing: Doing;
  /** Alerts that nothing more is to be done for, by `keyOf`. */
  readonly #settled = new Set<string>();

  constructor(options: AutomaticOptions, doing: Doing) {
    this.#options = options;
    this.#doing = doing;
  }

  async runOnce(): Promise<void> {
    const { incidents } = this.#options;
    if (incidents === undefined || !this.#isFresh) return;
    const present = new Set<string>();
    for (const incident of incidents.incidents()) {
      if (incident.state === 'resolved') continue;
      for (const alert of incident.alerts) {
        const setting = alert.state === 'firing' ? incidents.remedyOf(alert.rule) : undefined;
        if (setting === undefined) continue;
        present.add(keyOf(alert));
        if (!this.#isSettled(alert)) await this.#act(incident, alert, setting);
      }
    }
    for (const key of [...this.#settled]) if (!present.has(key)) this.#settled.delete(key);
  }

  get #isFresh(): boolean {
    const { clock, figures } = this.#options;
    return figures?.second !== undefined && clock.now() - figures.second * 1_000 <= freshMs;
  }

  #isSettled(alert: Alert): boolean {
    const key = keyOf(alert);
    return this.#settled.has(key) || this.#doing.runs().some((run) => run.alert === key);
  }

  async #act(incident: Incident, alert: Alert, setting: RemedySetting): Promise<void> {
    const proposal = incident.causes
      .flatMap(({ remedies }) => remedies)
      .find(({ remedy }) => remedy === setting.name);
    const { vhost, queue, task, connection } = alert.subject.labels;
    const labels = Object.entries({ vhost, queue, task, connection }).filter(
      ([, value]) => value !== undefined,
    );
    const parameters = { ...Object.fromEntries(labels), ...proposal?.parameters, ...setting.parameters };
    const by = { name: `rule ${alert.rule}`, source: 'automatic' };
    try {
      const preview = await this.#doing.preview(setting.name, parameters);
      if (preview.token === undefined) {
        this.#giveUp(incident, alert, `${setting.name} is not applied: ${preview.refusal ?? ''}`);
        return;
      }
      const wish = {
        ...{ remedy: setting.name, parameters: preview.parameters, token: preview.token },
        ...{ incident: incident.id, reason: `rule ${alert.rule}: ${alert.summary}` },
      };
      const trigger = { rule: alert.rule, alert: keyOf(alert) };
      if (setting.mode !== 'automatic') await this.#doing.ask(wish, by, trigger);
      else {
        const why = this.#whyAsked(alert.rule, setting) ?? (await this.#tryToApply(wish, by, trigger));
        if (why === undefined) return;
        await this.#doing.ask(wish, by, trigger);
        this.#tell(incident, `${setting.name} is not applied by the rule: ${why}; a person decides`);
      }
    } catch (problem) {
      // What is being checked there is waited for.
      if (isOccupied(problem)) return;
      const mayHaveCause =
        proposal === undefined && this.#options.clock.now() - alert.sinceMs < causeWithinMs;
      if (!mayHaveCause)
        this.#giveUp(incident, alert, `${setting.name} was not applied: ${messageOf(problem)}`);
    }
  }

  /** Why a person is asked instead. */
  #whyAsked(rule: string, setting: RemedySetting): string | undefined {
    if (!this.#doing.automatic.isOn) return 'automatic remedies are off';
    return this.#isTooOften(rule, setting)
      ? `the rule has applied it ${setting.atMost.count} times already`
      : undefined;
  }

  /** Gives the limit that speaks against it; undefined: it was applied. */
  async #tryToApply(wish: Wish, by: Doer, trigger: Trigger): Promise<string | undefined> {
    try {
      await this.#doing.applyByRule(wish, by, trigger);
      return undefined;
    } catch (problem) {
      if (problem instanceof SluiceError && problem.code === 'limit-reached') return problem.message;
      throw problem;
    }
  }

  #isTooOften(rule: string, { atMost }: RemedySetting): boolean {
    const fromMs = this.#options.clock.now() - atMost.withinSeconds * 1_000;
    const runs = this.#doing.runs().filter((run) => run.rule === rule && run.mode === 'automatic');
    return runs.filter(({ createdMs }) => createdMs > fromMs).length >= atMost.count;
  }

  #giveUp(incident: Incident, alert: Alert, text: string): void {
    this.#settled.add(keyOf(alert));
    this.#tell(incident, text);
  }

  #tell({ id }: Incident, text: string): void {
    this.#options.addLine(id, { atMs: this.#options.clock.now(), kind: 'remedy', text, by: 'Sluice' });
  }
}

/** The alert as it is this time. */
function keyOf({ id, sinceMs }: Alert): string {
  return `${id} ${sinceMs}`;
}
