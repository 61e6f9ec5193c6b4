/**
 * The steps of a run: applied, followed, undone, put in order after a restart. Invariant: each step is on disk, in the
 * incident's timeline and in the audit log, and what is to be done is on disk before it is done.
 */
import { assert, messageOf, type Clock } from '../../kernel/index.js';
import type { Figures } from '../../monitor/index.js';
import type { Truth } from '../diagnosis/index.js';
import type { IncidentEvent, Subject } from '../types.js';
import type { RemedyActions } from './actions.js';
import { remedyNamed } from './catalogue.js';
import { checkOf, progressOf, type Progress } from './progress-of-run.js';
import type { Measured, RemedyContext } from './remedy.js';
import type { RemedyBook } from './remedy-book.js';
import type { RemedyRun, RunState } from './remedy-run.js';

/** A step, for the audit log. */
export interface RemedyStep {
  readonly event:
    | 'remedy-applied'
    | 'remedy-approved'
    | 'remedy-asked'
    | 'remedy-refused'
    | 'remedy-undone'
    | 'remedies-switched';
  readonly by: Doer;
  readonly subject: string;
  readonly outcome: 'success' | 'failure';
  readonly reason?: string;
}

/** Who does something, and from where. */
export interface Doer {
  readonly name: string;
  readonly source: string;
}

export interface StepOptions {
  readonly clock: Clock;
  readonly actions: RemedyActions;
  readonly figures: Figures | undefined;
  /** With what became of the remedy. */
  readonly addLine: (incident: string, event: IncidentEvent, remedy?: RunState['kind']) => void;
  /** Whether the check of a fault signature holds. */
  readonly isMended: (signature: string, subject: Subject) => Truth;
  readonly audit: (step: RemedyStep) => void;
}

export class RemedySteps {
  readonly #options: StepOptions;
  readonly #book: RemedyBook;

  constructor(options: StepOptions, book: RemedyBook) {
    this.#options = options;
    this.#book = book;
  }

  get #nowMs(): number {
    return this.#options.clock.now();
  }

  #run(id: string): RemedyRun {
    const run = this.#book.get(id);
    assert(run !== undefined, 'a run that was begun is kept');
    return run;
  }

  #contextOf({ id, reason }: RemedyRun): RemedyContext {
    return { actions: this.#options.actions, id, reason, nowMs: this.#nowMs };
  }

  /** What is to be done is on disk first; after a crash nobody has to guess what to undo. */
  async begin(run: RemedyRun, by: Doer): Promise<RemedyRun> {
    const before = this.#measure(run);
    const kept = before === undefined ? run : { ...run, before };
    await this.move(kept, { kind: 'applying', sinceMs: this.#nowMs }, undefined, by.name);
    try {
      const text = await remedyNamed(run.remedy).apply(this.#contextOf(run), run.plan);
      await this.#applied(this.#run(run.id), text, by.name);
      this.audit('remedy-applied', run, by, 'success');
    } catch (problem) {
      const why = messageOf(problem);
      await this.move(
        this.#run(run.id),
        { kind: 'failed', atMs: this.#nowMs, why },
        `Failed: ${why}`,
        by.name,
      );
      this.audit('remedy-applied', run, by, 'failure', why);
      throw problem;
    }
    return this.#run(run.id);
  }

  async #applied(run: RemedyRun, text: string, by: string): Promise<void> {
    const sinceMs = this.#nowMs;
    const state: RunState = {
      ...{ kind: 'applied', sinceMs },
      checkUntilMs: sinceMs + checkOf(run).withinSeconds * 1_000,
    };
    const after = this.#measure(run);
    await this.move(after === undefined ? run : { ...run, after }, state, text, by);
  }

  #measure({ remedy, plan }: RemedyRun): Measured | undefined {
    return remedyNamed(remedy).measure?.(this.#options.actions, plan);
  }

  async undo(run: RemedyRun, by: Doer, why: string): Promise<RemedyRun> {
    const remedy = remedyNamed(run.remedy);
    await this.move(run, { kind: 'undoing', sinceMs: this.#nowMs }, undefined, by.name);
    try {
      const text = await remedy.undo!(this.#contextOf(run), run.plan);
      await this.move(this.#run(run.id), { kind: 'undone', atMs: this.#nowMs }, `${why} ${text}`, by.name);
      this.audit('remedy-undone', run, by, 'success');
    } catch (problem) {
      this.audit('remedy-undone', run, by, 'failure', messageOf(problem));
      throw problem;
    }
    return this.#run(run.id);
  }

  /** Looks whether a run worked, or was not approved in time. */
  async follow(id: string): Promise<void> {
    const run = this.#run(id);
    const { figures, isMended, actions } = this.#options;
    const progress = await progressOf(run, { nowMs: this.#nowMs, actions, figures, isMended });
    if (progress === undefined) return;
    const why = progress.state.kind === 'in-vain' ? whyKept(run, progress) : undefined;
    const text = why === undefined ? progress.text : `${progress.text} It stays in force: ${why}.`;
    await this.move(run, progress.state, text, 'Sluice');
    if (progress.state.kind === 'in-vain' && why === undefined)
      await this.undo(this.#run(id), automaticDoer(run), 'Undone, as it did not help.');
  }

  async restore(run: RemedyRun): Promise<void> {
    const remedy = remedyNamed(run.remedy);
    const context = this.#contextOf(run);
    if (run.state.kind === 'undoing') {
      await this.undo(run, automaticDoer(run), 'Undone after a restart.');
      return;
    }
    if (run.state.kind === 'applying') {
      await this.#settle(run, await remedy.stands(context, run.plan));
      return;
    }
    if (remedy.afterRestart === 'applied-again') await remedy.apply(context, run.plan);
    if (remedy.afterRestart !== 'gone') return;
    await this.move(run, { kind: 'undone', atMs: this.#nowMs }, 'Gone with the restart.', 'Sluice');
  }

  /** A crash came between the wish and the word that it was done. */
  async #settle(run: RemedyRun, stands: boolean | undefined): Promise<void> {
    const atMs = this.#nowMs;
    if (stands === true) await this.#applied(run, 'Found in force after a restart.', 'Sluice');
    else if (stands === false)
      await this.move(
        run,
        { kind: 'failed', atMs, why: 'the restart came first' },
        'Was not applied before a restart.',
        'Sluice',
      );
    else
      await this.#applied(
        run,
        'A restart came while it was applied: its check tells whether it was.',
        'Sluice',
      );
  }

  async move(run: RemedyRun, state: RunState, text: string | undefined, by: string): Promise<void> {
    const atMs = this.#nowMs;
    const history = text === undefined ? run.history : [...run.history, { atMs, text, by }];
    await this.#book.put({ ...run, state, history });
    if (run.incident === undefined || text === undefined) return;
    const line = `${run.remedy} ${run.id}: ${text}`;
    this.#options.addLine(run.incident, { atMs, kind: 'remedy', text: line, by }, state.kind);
  }

  audit(
    event: RemedyStep['event'],
    run: RemedyRun,
    by: Doer,
    outcome: RemedyStep['outcome'],
    reason?: string,
  ): void {
    const subject = `${run.remedy} ${run.id} ${JSON.stringify(run.parameters)}`;
    this.#options.audit({ event, by, subject, outcome, ...(reason === undefined ? {} : { reason }) });
  }
}

/** Why a remedy that did not help is not undone; undefined: it is. What is unknown is undone for rules alone. */
function whyKept({ mode, keeps, remedy }: RemedyRun, { isKnownFailure }: Progress): string | undefined {
  if (remedyNamed(remedy).undo === undefined) return 'it cannot be undone';
  if (keeps === true) return 'whoever applied it wants it kept';
  return mode === 'automatic' || isKnownFailure ? undefined : 'a person decides on what is not known';
}

function automaticDoer({ rule }: RemedyRun): Doer {
  return { name: rule === undefined ? 'Sluice' : `rule ${rule}`, source: 'automatic' };
}
