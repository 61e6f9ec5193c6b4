/**
 * Alerts as a whole: rules over figures, incidents, silences, and everyone who wants to hear of them. Invariants: one
 * evaluation runs at a time; what fails in it is told and stops nothing; a restart goes on where the log ended.
 */
import { join } from 'node:path';
import { messageOf, Rounds, SluiceError, type Clock, type Disk } from '../kernel/index.js';
import type { Figures } from '../monitor/index.js';
import { alertId, alertOf, endingOf, partsOf, readingOf } from './alert-of.js';
import { countAlerts, type AlertCounts } from './alert-counts.js';
import { AlertLog } from './incidents/alert-log.js';
import type { AlertRecord } from './incidents/alert-record.js';
import { AlertState, incidentOf } from './incidents/alert-state.js';
import type { Links } from './incidents/grouping.js';
import { IncidentBook } from './incidents/incident-book.js';
import { policyOf } from './incidents/incident-policy.js';
import { CauseFinder, type Diagnose, type RemedyState } from './incidents/causes.js';
import { SilenceBook, type SilenceRequest } from './incidents/silence-book.js';
import { RuleBook, type BookedRule } from './rule-book.js';
import { backtest, type Backtest, type BacktestOptions } from './rules/backtest.js';
import { Evaluator, type EvaluatorOptions, type RuleChange } from './rules/evaluator.js';
import { objectKind, parseRule, type Rule, type RuleDefinition } from './rules/rule.js';
import { tryRule, type RuleTrial } from './rules/trial.js';
import type { AlertSettings } from './settings.js';
import { SignalBoard, type Signal } from './signal-board.js';
import { firingIds, keptStandings, pendingAlerts, progressOf } from './standings.js';
import type { Alert, Incident, IncidentEvent, IncidentNews, Silence, Subject } from './types.js';

export interface AlertsOptions {
  readonly clock: Clock;
  readonly disk: Disk;
  /** The data directory: what is kept lies in `alerts` in it. */
  readonly directory: string;
  readonly figures: Figures;
  readonly settings: AlertSettings;
  /** Resolves when others on the event loop have had their turn. */
  readonly pause: () => Promise<void>;
  readonly links?: Links;
  readonly isGone?: EvaluatorOptions['isGone'];
  readonly onProblem: (problem: string) => void;
}

const intervalSeconds = 5;
const diagnoseEverySeconds = 15;
const keepStandingsEverySeconds = 60;
const standingsMax = 20_000;

export class Alerts {
  readonly #options: AlertsOptions;
  #isEnabled: boolean;
  #isStarted = false;
  readonly #state: AlertState;
  readonly #log: AlertLog;
  readonly #book: IncidentBook;
  readonly #rules: RuleBook;
  readonly #evaluator: Evaluator;
  readonly #signals = new SignalBoard();
  readonly #listeners = new Set<(news: IncidentNews) => void>();
  #rulesByName: ReadonlyMap<string, Rule> = new Map();
  readonly #causes: CauseFinder;
  readonly #silences: SilenceBook;
  readonly #rounds: Rounds;
  #second = -Infinity;
  #standingsSecond = 0;

  private constructor(options: AlertsOptions, state: AlertState, log: AlertLog) {
    const { settings, onProblem } = options;
    this.#options = options;
    this.#isEnabled = settings.enabled;
    this.#state = state;
    this.#log = log;
    this.#rules = new RuleBook(settings);
    this.#silences = new SilenceBook(state, options.clock, (record) => {
      this.#commit(record);
      this.#book.tick(options.clock.now());
    });
    this.#causes = new CauseFinder((incident, causes) => {
      this.#book.setCauses(incident, causes, options.clock.now());
    }, options);
    this.#evaluator = new Evaluator({ ...evaluatorOptions(options), intervalSeconds });
    for (const [name, definition] of state.rules)
      this.#attempt(`rule ${name}`, () => this.#rules.put(definition));
    this.#book = new IncidentBook({
      state,
      keep: (record) => {
        log.append(record);
      },
      tell: (news) => {
        this.#tell(news);
      },
      links: options.links ?? (() => []),
      policy: policyOf(settings),
    });
    this.#rounds = this.#everyInterval();
    this.#putRules();
    this.#restore(onProblem);
  }

  /** Rejects with the system's error where the log cannot be opened. */
  static async open(options: AlertsOptions): Promise<Alerts> {
    const state = new AlertState();
    const { disk, directory, onProblem } = options;
    const { log, records, cutBytes, damagedLines } = await AlertLog.open({
      ...{ disk, directory: join(directory, 'alerts'), onProblem, whole: () => state.records() },
    });
    for (const record of records) state.apply(record);
    if (damagedLines > 0) onProblem(`${damagedLines} lines of the log of alerts were damaged and left out`);
    if (cutBytes > 0) onProblem(`a torn tail of ${cutBytes} bytes was cut from the log of alerts`);
    return new Alerts(options, state, log);
  }

  /** Evaluates every five seconds from now on. Safe to call twice. */
  start(): void {
    this.#isStarted = true;
    if (this.#rounds.isRunning || !this.#isEnabled) return;
    this.#causes.start();
    this.#rounds.start();
  }

  /** Ends after the evaluation under way, and keeps where every rule stands. */
  async stop(): Promise<void> {
    this.#isStarted = false;
    await this.#pause();
    this.#keepStandings();
    await this.#log.close();
  }

  /** Evaluates everything now. Not while the timer runs. */
  async runOnce(): Promise<void> {
    const second = Math.floor(this.#options.clock.now() / 1_000);
    if (second <= this.#second) return;
    this.#second = second;
    const changes = await this.#evaluator.evaluate(second);
    // Not the full second before: a silence that was made or ended since counts.
    const nowMs = this.#options.clock.now();
    for (const change of changes) this.#take(change, nowMs);
    this.#takeSignals(second, nowMs);
    this.#book.tick(nowMs);
    if (second % diagnoseEverySeconds < intervalSeconds) this.#diagnoseAll();
    if (second - this.#standingsSecond >= keepStandingsEverySeconds) this.#keepStandings();
  }

  /** Everything that is the matter, and what may become so. */
  alerts(): readonly Alert[] {
    return [...this.#book.openAlerts(), ...pendingAlerts(this.#evaluator.standings())];
  }

  /** The newest first. */
  incidents(): readonly Incident[] {
    const all = [...this.#state.incidents.values()].map(incidentOf);
    return all.sort((a, b) => b.openedMs - a.openedMs);
  }

  incident(id: string): Incident | undefined {
    const incident = this.#state.incidents.get(id);
    return incident === undefined ? undefined : incidentOf(incident);
  }

  counts(): AlertCounts {
    return countAlerts(this.#evaluator.standings(), this.#book.openAlerts(), this.#state);
  }

  /** @throws SluiceError `not-found`; `precondition-failed` where it is over. */
  acknowledge(id: string, by: string, text?: string): Promise<Incident> {
    return this.#durably(() => this.#book.acknowledge(id, by, this.#options.clock.now(), text));
  }

  /** @throws SluiceError `not-found`. */
  comment(id: string, by: string, text: string): Promise<Incident> {
    return this.#durably(() => this.#book.comment(id, by, this.#options.clock.now(), text));
  }

  /** Resolves when everything so far is on disk, or cannot be brought there, which is told. Never rejects. */
  durable(): Promise<void> {
    return this.#log.flush().catch(() => undefined);
  }

  /** A line for the timeline: a notification that was sent, a remedy that was run. */
  addLine(id: string, event: IncidentEvent, remedy?: RemedyState): void {
    if (remedy !== undefined) this.#causes.follow(id, remedy, event.atMs);
    this.#book.addLine(id, event);
  }

  /** Those that are over, too, for a week. */
  silences(): readonly Silence[] {
    return this.#silences.all();
  }

  /** @throws SluiceError `bad-input`, `limit-reached`. */
  addSilence(request: SilenceRequest): Promise<Silence> {
    return this.#durably(() => this.#silences.add(request));
  }

  /** @throws SluiceError `not-found`. */
  endSilence(id: string): Promise<Silence> {
    return this.#durably(() => this.#silences.end(id));
  }

  /** By name. */
  rules(): readonly BookedRule[] {
    return this.#rules.all();
  }

  /** @throws SluiceError `bad-input`, `precondition-failed`, `limit-reached`. */
  putRule(definition: RuleDefinition): Promise<Rule> {
    return this.#durably(() => {
      const rule = this.#rules.put(definition);
      this.#commit({ type: 'rule', name: rule.name, definition });
      this.#putRules();
      return rule;
    });
  }

  /** @throws SluiceError `not-found`, `precondition-failed`. */
  removeRule(name: string): Promise<null> {
    return this.#durably(() => {
      if (!this.#rules.remove(name)) throw new SluiceError('not-found', `the API has no rule ${name}`);
      this.#commit({ type: 'unrule', name });
      this.#putRules();
      return null;
    });
  }

  /** Puts new settings in force; incidents that are open go on under them. Resolves when what they end has ended. */
  async configure(settings: AlertSettings): Promise<void> {
    this.#isEnabled = settings.enabled;
    this.#rules.configure(settings);
    this.#putRules();
    this.#book.configure(policyOf(settings), this.#options.clock.now());
    if (!settings.enabled) await this.#pause();
    else if (this.#isStarted) this.start();
  }

  /** Tells a condition that nothing measures. It is looked at with the next evaluation. */
  signal(signal: Signal): void {
    this.#signals.tell(signal);
  }

  /** Whether the check of a fault signature holds of an object; undefined: unknown. */
  isMended(signature: string, subject: Subject): boolean | undefined {
    return this.#causes.isMended(signature, subject);
  }

  /** Whoever names causes. */
  setDiagnosis(diagnose: Diagnose): void {
    this.#causes.use(diagnose);
  }

  /** Calls `listener` at each event of an incident. Gives the way to stop that. */
  onNews(listener: (news: IncidentNews) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Replays a rule over recorded history. Rejects with `bad-input`. */
  backtest(
    definition: RuleDefinition,
    options: Pick<BacktestOptions, 'fromSecond' | 'toSecond' | 'historySecond'>,
  ): Promise<Backtest> {
    const { figures, clock, pause } = this.#options;
    return backtest(parseRule(definition), { figures, clock, pause, ...options });
  }

  /** What a rule would say of everything now, before it is put. Rejects with `bad-input`. */
  try(definition: RuleDefinition): Promise<RuleTrial> {
    return tryRule(parseRule(definition), this.#options.figures, this.#options.onProblem);
  }

  async #pause(): Promise<void> {
    await Promise.all([this.#rounds.stop(), this.#causes.stop()]);
  }

  #everyInterval(): Rounds {
    const { clock, onProblem } = this.#options;
    const intervalMs = intervalSeconds * 1_000;
    // Half a second after full ones: what was measured is complete by then.
    const delayMs = (): number => intervalMs - ((clock.now() - 500) % intervalMs);
    return new Rounds({ clock, delayMs, round: () => this.runOnce(), onProblem });
  }

  #putRules(): void {
    const rules = this.#rules.all().map(({ rule }) => rule);
    this.#rulesByName = new Map(rules.map((rule) => [rule.name, rule]));
    this.#evaluator.setRules(rules);
    this.#restoreFiring();
  }

  /** Where rules stood when the log ended; of what fired, incidents know best. */
  #restore(onProblem: (problem: string) => void): void {
    for (const { rule, labels, progress } of this.#state.standings) {
      if (progress.state !== 'pending') continue;
      this.#attempt(`standing of ${rule}`, () => {
        this.#evaluator.restore(rule, labels, progress);
      });
    }
    for (const alert of this.#book.openAlerts()) {
      if (this.#rulesByName.get(alert.rule)?.kind !== 'signal') continue;
      const { rule, subject, sinceMs } = alert;
      this.#signals.restore({ rule, subject, holds: true }, Math.floor(sinceMs / 1_000));
    }
    if (this.#state.standings.length > standingsMax) onProblem('too many standings were kept');
  }

  /** Firing alerts go on under the rules in force; those of rules that are not there any more end. */
  #restoreFiring(): void {
    const standing = firingIds(this.#evaluator.standings());
    for (const alert of [...this.#book.openAlerts()]) {
      const rule = this.#rulesByName.get(alert.rule);
      const kind = objectKind(alert.subject.kind);
      if (rule?.enabled !== true || rule.of !== alert.subject.kind) {
        const why = 'its rule is no longer in force';
        this.#book.resolve(alert.id, this.#options.clock.now(), undefined, why);
      } else if (kind !== undefined && !standing.has(alert.id)) {
        const labels = kind.labels.map((label) => alert.subject.labels[label] ?? '');
        this.#evaluator.restore(alert.rule, labels, progressOf(alert));
      }
    }
  }

  #take(change: RuleChange, nowMs: number): void {
    switch (change.transition) {
      case 'fired':
        this.#book.fire(alertOf(partsOf(change, 'firing')), nowMs);
        break;
      case 'unknown':
        this.#book.update(alertOf(partsOf(change, 'unknown')));
        break;
      case 'known':
        this.#book.update(alertOf(partsOf(change, 'firing')));
        break;
      case 'resolved': {
        const { id, reading, why } = endingOf(change);
        this.#book.resolve(id, nowMs, reading, why);
        break;
      }
      case 'pending':
      case 'cancelled':
        break;
    }
  }

  #takeSignals(second: number, nowMs: number): void {
    const signals = this.#signals.step(this.#rulesByName, second);
    for (const { rule, subject, transition, sinceSecond, why } of signals) {
      const parts = { rule, subject, series: rule.name, unit: 'boolean' as const, second, sinceSecond };
      if (transition === 'fired') this.#book.fire(alertOf({ ...parts, value: 1, state: 'firing' }), nowMs);
      if (transition !== 'resolved') continue;
      const reading = readingOf({ ...parts, value: 0, state: 'resolved' });
      this.#book.resolve(alertId(rule.name, subject), nowMs, reading, why ?? 'it works again');
    }
  }

  #diagnoseAll(): void {
    for (const incident of this.#state.incidents.values())
      if (incident.head.state !== 'resolved') void this.#causes.find(incidentOf(incident), this.#second);
  }

  #keepStandings(): void {
    this.#standingsSecond = this.#second;
    const standings = keptStandings(this.#evaluator.standings(), standingsMax);
    if (standings.length === 0 && this.#state.standings.length === 0) return;
    this.#commit({ type: 'standings', standings });
  }

  #commit(record: AlertRecord): void {
    this.#state.apply(record);
    this.#log.append(record);
  }

  async #durably<Result>(change: () => Result): Promise<Result> {
    const result = change();
    await this.#log.flush();
    return result;
  }

  #tell(news: IncidentNews): void {
    for (const listener of this.#listeners)
      this.#attempt('a listener', () => {
        listener(news);
      });
    if (news.event.kind === 'opened' || news.event.kind === 'alert-fired')
      void this.#causes.find(news.incident, this.#second);
  }

  #attempt(what: string, work: () => unknown): void {
    try {
      work();
    } catch (problem) {
      this.#options.onProblem(`${what}: ${messageOf(problem)}`);
    }
  }
}

function evaluatorOptions(options: AlertsOptions): Omit<EvaluatorOptions, 'intervalSeconds'> {
  const { figures, clock, pause, onProblem, isGone } = options;
  return { figures, clock, pause, onProblem, ...(isGone === undefined ? {} : { isGone }) };
}
