/**
 * Remedies as a whole: previews, applying by hand, by approval and automatically, undoing, and the check that it
 * worked. Invariants: one thing is done at a time; what is to be done is on disk before it is done; nothing is applied
 * that is not what its preview has shown.
 */
import { messageOf, Rounds, SluiceError, Turns, type Disk, type Random } from '../../kernel/index.js';
import { checkText } from './progress-of-run.js';
import { requireFree, requireSeldom } from './occupied.js';
import type { Incident } from '../types.js';
import { Automatic, type RuledRemedies } from './automatic.js';
import { remedies, remedyNamed } from './catalogue.js';
import { RemedySteps, type Doer, type RemedyStep, type StepOptions } from './remedy-steps.js';
import {
  parseParameters,
  tokenOf,
  type AnyRemedy,
  type Draft,
  type Parameters,
  type Plan,
} from './remedy.js';
import { RemedyBook } from './remedy-book.js';
import { AutomaticSwitch, type SwitchState } from './automatic-switch.js';
import { countRuns, type RemedyCounts } from './remedy-counts.js';
import type { RemedySettings } from './remedy-setting.js';
import { isStanding, type CauseCheck, type RemedyRun } from './remedy-run.js';

export interface RemediesOptions extends StepOptions {
  readonly disk: Disk;
  readonly random: Random;
  /** The data directory. */
  readonly directory: string;
  /** Incidents, and the rules that want remedies; undefined where there are no alerts. */
  readonly incidents: RuledRemedies | undefined;
  readonly settings: RemedySettings;
  readonly onProblem: (problem: string) => void;
}

/** What a remedy would do now. */
export interface RemedyPreview {
  readonly remedy: string;
  readonly title: string;
  readonly parameters: Parameters;
  readonly effects: readonly string[];
  readonly unknown: readonly string[];
  /** It is not to be applied, and why. */
  readonly refusal?: string;
  /** What `apply` asks for; left out where it is refused. */
  readonly token?: string;
  readonly canUndo: boolean;
  readonly afterRestart: AnyRemedy['afterRestart'];
  readonly check: string;
}

export interface Wish {
  readonly remedy: string;
  readonly parameters: Parameters;
  /** Of the preview. */
  readonly token: string;
  readonly reason?: string | undefined;
  /** The incident that it is for. */
  readonly incident?: string | undefined;
  /** It stays in force also where its check fails. */
  readonly keep?: boolean | undefined;
}

/** What only automatic runs say. */
export type Trigger = Pick<RemedyRun, 'rule' | 'alert' | 'check'>;

const tickMs = 5_000;
const askedForMs = 3_600_000;
const standingMax = 200;

export class Remedies {
  readonly #options: RemediesOptions;
  #settings: RemedySettings;
  readonly #book: RemedyBook;
  readonly #automatic: Automatic;
  readonly #steps: RemedySteps;
  readonly #switch: AutomaticSwitch;
  /** Runs that a stop or a crash left, and that are not put in order yet. */
  readonly #unrestored = new Set<string>();
  readonly #turns = new Turns();
  readonly #rounds: Rounds;

  private constructor(options: RemediesOptions, book: RemedyBook, automatic: AutomaticSwitch) {
    this.#switch = automatic;
    this.#options = options;
    this.#settings = options.settings;
    this.#book = book;
    this.#automatic = new Automatic(options, this);
    this.#steps = new RemedySteps(options, book);
    const { clock, onProblem } = options;
    this.#rounds = new Rounds({ clock, delayMs: () => tickMs, round: () => this.runOnce(), onProblem });
  }

  /** Puts in order what a stop or a crash left. Rejects with the system's error where runs cannot be kept. */
  static async open(options: RemediesOptions): Promise<Remedies> {
    const { disk, directory, onProblem } = options;
    const book = await RemedyBook.open(disk, directory, onProblem);
    const isAllowed = options.settings.automatic;
    const own = new Remedies(
      options,
      book,
      await AutomaticSwitch.open(disk, directory, isAllowed, onProblem),
    );
    for (const run of own.#book.all()) if (isStanding(run)) own.#unrestored.add(run.id);
    await own.#restoreAll();
    return own;
  }

  /** Looks at checks and rules every five seconds from now on. Safe to call twice. */
  start(): void {
    this.#rounds.start();
  }

  /** Ends after what is being done; what is in force stays. */
  async stop(): Promise<void> {
    await this.#rounds.stop();
    await this.#turns.ended();
  }

  /** Puts other settings in force for what is applied from now on; what is in force stays. */
  configure(settings: RemedySettings): void {
    this.#settings = settings;
    this.#switch.allow(settings.automatic);
  }

  /** Every remedy there is. */
  list(): readonly AnyRemedy[] {
    return remedies;
  }

  /** Wishes and what was applied, the newest first. */
  runs(): readonly RemedyRun[] {
    return this.#book.all();
  }

  /** Whether rules may apply remedies by themselves. */
  get automatic(): SwitchState {
    return this.#switch.state;
  }

  /**
   * Turns all automatic remedies on or off; while they are off rules ask a person, and what was applied is still checked
   * and undone. Rejects with `precondition-failed` for on where the configuration says off.
   */
  setAutomatic(isOn: boolean, by: Doer): Promise<SwitchState> {
    return this.#turns.take(async () => {
      const step = {
        event: 'remedies-switched',
        by,
        subject: `automatic remedies ${isOn ? 'on' : 'off'}`,
      } as const;
      await this.#orTold(step, () => this.#switch.set(isOn, { by: by.name, atMs: this.#nowMs }));
      this.#options.audit({ ...step, outcome: 'success' });
      return this.#switch.state;
    });
  }

  /** For those who measure. */
  counts(): RemedyCounts {
    return countRuns(this.#book);
  }

  /** Throws `not-found`. */
  run(id: string): RemedyRun {
    const run = this.#book.get(id);
    if (run === undefined) throw new SluiceError('not-found', `there is no applied remedy ${id}`);
    return run;
  }

  /** Rejects with `not-found`, `bad-input`. Changes nothing. */
  async preview(name: string, parameters: Parameters): Promise<RemedyPreview> {
    const remedy = remedyNamed(name);
    const draft = await remedy.preview(this.#options.actions, parseParameters(remedy, parameters));
    const { title, afterRestart } = remedy;
    const facts = {
      ...{ remedy: name, title, afterRestart, canUndo: remedy.undo !== undefined },
      check: checkText(remedy.check),
    };
    if ('refusal' in draft) return { ...facts, parameters, effects: [], unknown: [], refusal: draft.refusal };
    const { parameters: complete, plan, effects, unknown } = draft;
    return { ...facts, parameters: complete, effects, unknown, token: tokenOf(name, plan) };
  }

  /** Rejects with `precondition-failed` where something has changed since the preview, or where it must not be. */
  apply(wish: Wish, by: Doer): Promise<RemedyRun> {
    return this.#turns.take(async () => {
      const step = { event: 'remedy-applied', by, subject: wishText(wish) } as const;
      const run = await this.#orTold(step, async () => this.#free(await this.#newRun(wish, 'by-hand', by)));
      return this.#steps.begin(run, by);
    });
  }

  /** Asks another person to approve. Rejects as `apply` does. */
  ask(wish: Wish, by: Doer, trigger: Trigger = {}): Promise<RemedyRun> {
    return this.#turns.take(async () => {
      const step = { event: 'remedy-asked', by, subject: wishText(wish) } as const;
      const asked = await this.#orTold(step, () => this.#newRun(wish, 'approval', by));
      const run = { ...asked, ...trigger };
      await this.#steps.move(run, run.state, `Asked for: ${run.reason}`, by.name);
      this.#steps.audit('remedy-asked', run, by, 'success');
      return this.run(run.id);
    });
  }

  /** Applies at once, for a rule. Rejects as `apply` does. */
  applyByRule(wish: Wish, by: Doer, trigger: Trigger): Promise<RemedyRun> {
    return this.#turns.take(async () => {
      const run = { ...(await this.#newRun(wish, 'automatic', by)), ...trigger };
      if (!this.#switch.isOn) throw new SluiceError('limit-reached', 'automatic remedies are off');
      requireSeldom(this.#book.all(), run, { atMost: this.#settings.perObject, nowMs: this.#nowMs });
      return this.#steps.begin(this.#free(run), by);
    });
  }

  /** Rejects with `access-refused` for whoever asked, and `precondition-failed` where it is not the same any more. */
  approve(id: string, by: Doer): Promise<RemedyRun> {
    return this.#turns.take(async () => {
      const step = { event: 'remedy-approved', by, subject: `remedy ${id}` } as const;
      const run = await this.#orTold(step, () => this.#approvable(id, by));
      this.#steps.audit('remedy-approved', run, by, 'success');
      return this.#steps.begin(run, by);
    });
  }

  /** Rejects with `not-found`; `precondition-failed` where it was decided already. */
  reject(id: string, by: Doer): Promise<RemedyRun> {
    return this.#turns.take(async () => {
      const step = { event: 'remedy-refused', by, subject: `remedy ${id}` } as const;
      const run = await this.#orTold(step, () => this.#asked(id));
      await this.#steps.move(
        run,
        { kind: 'refused', atMs: this.#nowMs, why: `${by.name} said no` },
        'Refused.',
        by.name,
      );
      this.#steps.audit('remedy-refused', run, by, 'success');
      return this.run(id);
    });
  }

  /** Rejects with `precondition-failed` where it is not in force, and `unsupported` where it cannot be undone. */
  undo(id: string, by: Doer): Promise<RemedyRun> {
    return this.#turns.take(async () => {
      const step = { event: 'remedy-undone', by, subject: `remedy ${id}` } as const;
      const run = await this.#orTold(step, () => this.#undoable(id));
      return this.#steps.undo(run, by, 'Undone.');
    });
  }

  /** Looks at checks, wishes and rules now. Not while the timer runs. */
  async runOnce(): Promise<void> {
    await this.#turns.take(() => this.#restoreAll());
    for (const run of this.#book.all()) {
      if (run.state.kind !== 'applied' && run.state.kind !== 'asked') continue;
      await this.#attempt(run.remedy, () => this.#turns.take(() => this.#steps.follow(run.id)));
    }
    await this.#attempt('automatic remedies', () => this.#automatic.runOnce());
  }

  get #nowMs(): number {
    return this.#options.clock.now();
  }

  /** What cannot be put in order yet is tried again in the next round. */
  async #restoreAll(): Promise<void> {
    for (const id of this.#unrestored)
      await this.#attempt(this.run(id).remedy, async () => {
        if (isStanding(this.run(id))) await this.#steps.restore(this.run(id));
        this.#unrestored.delete(id);
      });
  }

  /** What is refused before anything is done stands in the audit log as well. */
  async #orTold<Result>(
    step: Pick<RemedyStep, 'event' | 'by' | 'subject'>,
    work: () => Result | Promise<Result>,
  ): Promise<Result> {
    try {
      return await work();
    } catch (problem) {
      this.#options.audit({ ...step, outcome: 'failure', reason: messageOf(problem) });
      throw problem;
    }
  }

  async #draft(remedy: AnyRemedy, parameters: Parameters): Promise<Draft<Plan>> {
    const draft = await remedy.preview(this.#options.actions, parseParameters(remedy, parameters));
    if ('refusal' in draft) throw new SluiceError('precondition-failed', `${remedy.name}: ${draft.refusal}`);
    return draft;
  }

  async #newRun(wish: Wish, mode: RemedyRun['mode'], by: Doer): Promise<RemedyRun> {
    const { remedy: name, token, incident, reason, keep } = wish;
    if (this.#book.all().filter(isStanding).length >= standingMax && mode === 'automatic')
      throw new SluiceError('limit-reached', `${standingMax} remedies are in force already`);
    const { parameters, plan } = await this.#draft(remedyNamed(name), wish.parameters);
    if (tokenOf(name, plan) !== token) throw changed(name);
    const check = incident === undefined ? undefined : this.#causeCheck(name, incident);
    return {
      ...{ id: this.#options.random.bytes(6).toString('hex'), remedy: name, parameters, plan, mode },
      ...{ by: by.name, createdMs: this.#nowMs, reason: reason ?? `applied by ${by.name}`, history: [] },
      state: { kind: 'asked', untilMs: this.#nowMs + askedForMs },
      ...(keep === true ? { keeps: true } : {}),
      ...(incident === undefined ? {} : { incident }),
      ...(check === undefined ? {} : { check }),
    };
  }

  /** The likeliest cause of the incident that the remedy is proposed for says what has to hold. */
  #causeCheck(name: string, id: string): CauseCheck | undefined {
    const incident: Incident | undefined = this.#options.incidents?.incident(id);
    if (incident === undefined) throw new SluiceError('not-found', `there is no incident ${id}`);
    const cause = incident.causes.find((each) => each.remedies.some(({ remedy }) => remedy === name));
    if (cause?.check === undefined) return undefined;
    return { signature: cause.signature, subject: cause.subject, ...cause.check };
  }

  async #approvable(id: string, by: Doer): Promise<RemedyRun> {
    const run = this.#asked(id);
    const { remedy, parameters, plan } = run;
    if (run.by === by.name)
      throw new SluiceError('access-refused', `${by.name} asked: another person approves`);
    const draft = await this.#draft(remedyNamed(remedy), parameters);
    if (tokenOf(remedy, draft.plan) !== tokenOf(remedy, plan)) throw changed(remedy);
    return this.#free(run);
  }

  #free(run: RemedyRun): RemedyRun {
    requireFree(this.#book.all(), run);
    return run;
  }

  #undoable(id: string): RemedyRun {
    const run = this.run(id);
    const { remedy, state } = run;
    if (!isStanding(run))
      throw new SluiceError('precondition-failed', `${remedy} ${id} is not in force: ${state.kind}`);
    if (remedyNamed(remedy).undo === undefined)
      throw new SluiceError('unsupported', `${remedy} cannot be undone`);
    return run;
  }

  #asked(id: string): RemedyRun {
    const run = this.run(id);
    if (run.state.kind === 'asked' && run.state.untilMs > this.#nowMs) return run;
    throw new SluiceError(
      'precondition-failed',
      `${run.remedy} ${id} does not wait for approval: ${run.state.kind}`,
    );
  }

  async #attempt(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (problem) {
      this.#options.onProblem(`${what}: ${messageOf(problem)}`);
    }
  }
}

function wishText({ remedy, parameters }: Wish): string {
  return `${remedy} ${JSON.stringify(parameters)}`;
}

function changed(name: string): SluiceError {
  return new SluiceError(
    'precondition-failed',
    `${name}: something has changed since the preview; look again`,
    {
      retryable: true,
    },
  );
}
