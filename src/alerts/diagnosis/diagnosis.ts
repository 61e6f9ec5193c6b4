/**
 * Finds what is wrong and names the cause: a cheap look at every object each five seconds, a close one at those that it
 * leaves, and at those that are asked for. Invariant: it only reads; the same measurements always give the same causes.
 */
import type { Figures } from '../../monitor/index.js';
import type { Cause, Evidence, Subject } from '../types.js';
import { holds, type Truth } from './evaluate.js';
import { examine } from './examine.js';
import { Field } from './field.js';
import type { Recent } from './recent.js';
import { stepSeconds } from './steps.js';
import { copyOf, keepsAll, sieveOf, usedRows, type Sieve } from './screen.js';
import type { Signature } from './signature.js';
import type { Table } from './table.js';
import { signatures as allSignatures } from './signatures/index.js';

/** A fault whose symptoms hold now. */
export interface Suspicion {
  readonly signature: string;
  readonly subject: Subject;
  /** Unix seconds. */
  readonly sinceSecond: number;
}

/** What is looked for among the objects of a kind. */
interface Look {
  readonly table: Table;
  readonly sieves: readonly (readonly [Signature, Sieve])[];
}

/** While something is suspected, what is seen does not become usual; for so long. */
const frozenSecondsMax = 900;
/** Causes below it are not shown. */
const scoreMin = 0.3;
/** What is left of the score of a cause that another one explains. */
const explainedShare = 0.35;
/** Of a slice of about 1 ms, in the time that screening an object takes. */
const sliceBudget = 2_000;
/** Of it, for one object that the screen leaves. */
const closeLookCost = 20;

export class Diagnosis {
  readonly #signatures: readonly Signature[];
  readonly #byKind: ReadonlyMap<string, readonly Signature[]>;
  readonly #field: Field;
  readonly #looks: readonly Look[];
  #suspicions = new Map<string, Suspicion>();

  /** Without `isScreened` every object is looked at alone, and as much is found: tests compare. */
  constructor(signatures: readonly Signature[] = allSignatures, isScreened = true) {
    this.#signatures = signatures;
    const kinds = new Set(signatures.map(({ kind }) => kind));
    this.#byKind = new Map([...kinds].map((kind) => [kind, signatures.filter((each) => each.kind === kind)]));
    this.#field = new Field(signatures);
    this.#looks = this.#plan(isScreened);
  }

  /** What is suspected as of the newest measurement. */
  get suspicions(): readonly Suspicion[] {
    return [...this.#suspicions.values()];
  }

  /** Takes in a measurement and looks at everything, at once. Measurements within one step of 5 s count once. */
  observe(figures: Pick<Figures, 'latest'>, second: number): void {
    const slices = this.slices(figures, second);
    while (slices.next().done !== true);
  }

  /** The same in slices of about 1 ms, for a loop that has others to serve between them. */
  *slices(figures: Pick<Figures, 'latest'>, second: number): Generator<void, void, undefined> {
    const isNew = yield* this.#field.take(figures, second);
    if (isNew) yield* this.#look(second);
  }

  *#look(second: number): Generator<void, void, undefined> {
    const before = this.#suspicions;
    const found = new Map<string, Suspicion>();
    let left = sliceBudget;
    for (const { table, sieves } of this.#looks) {
      for (const [number, block] of table.blocks.entries()) {
        const used = usedRows(block, number);
        for (const [signature, sieve] of sieves) {
          const chosen = copyOf(used);
          sieve.narrow(chosen);
          for (let at = 0; at < chosen.count; at++)
            this.#suspect(signature, table.inRow(number, chosen.rows[at]!), second, before, found);
          left -= chosen.count * closeLookCost;
        }
        left -= used.count;
        if (left > 0) continue;
        left = sliceBudget;
        yield;
      }
    }
    this.#suspicions = found;
  }

  #plan(isScreened: boolean): Look[] {
    return [...this.#byKind].flatMap(([kind, signatures]) => {
      const table = this.#field.tables.get(kind);
      if (table === undefined) return [];
      const sieves = signatures.map((signature) => {
        const sieve = isScreened ? sieveOf(signature.symptoms, table, this.#field) : keepsAll;
        return [signature, sieve] as const;
      });
      return [{ table, sieves }];
    });
  }

  #suspect(
    signature: Signature,
    recent: Recent,
    second: number,
    before: ReadonlyMap<string, Suspicion>,
    found: Map<string, Suspicion>,
  ): void {
    if (holds(signature.symptoms, recent, this.#field) !== true) return;
    const key = [signature.name, recent.subject.kind, ...recent.labels].join('\u0000');
    const suspicion = before.get(key) ?? {
      signature: signature.name,
      subject: recent.subject,
      sinceSecond: second,
    };
    found.set(key, suspicion);
    if (second - suspicion.sinceSecond < frozenSecondsMax) this.#freeze(recent);
  }

  /** Nothing becomes usual of an object with a fault, for as long as the figures of the fault are remembered. */
  #freeze(recent: Recent): void {
    recent.freeze(this.#field.step + Math.ceil(120 / stepSeconds));
  }

  /**
   * The causes that fit what is seen of these objects and of those related to them, the likeliest first; of everything
   * that is suspicious, without `subjects`.
   */
  diagnose(subjects?: readonly Subject[]): readonly Cause[] {
    const looked = new Map<Recent, true>();
    if (subjects === undefined)
      for (const { subject } of this.#suspicions.values()) this.#add(subject, looked);
    else for (const subject of subjects) this.#addWithRelated(subject, looked);
    const causes = [...looked.keys()].flatMap((recent) => this.#examine(recent));
    return this.#explainAway(causes)
      .filter(({ score }) => score >= scoreMin)
      .sort((left, right) => right.score - left.score || order(left).localeCompare(order(right)));
  }

  /** Whether the check of a signature's remedies holds of an object. */
  isMended(signature: string, subject: Subject): Truth {
    const found = this.#signatures.find(({ name }) => name === signature);
    const recent = this.#field.find(subject.kind, subject.labels);
    if (found === undefined || recent === undefined) return undefined;
    return holds(found.check.condition, recent, this.#field);
  }

  #add(subject: Subject, looked: Map<Recent, true>): void {
    const recent = this.#field.find(subject.kind, subject.labels);
    if (recent !== undefined) looked.set(recent, true);
  }

  /** An object's own, those of the engine and node under it, and what is suspected of others that it is related to. */
  #addWithRelated(subject: Subject, looked: Map<Recent, true>): void {
    this.#add(subject, looked);
    for (const kind of ['engine', 'node', 'controller'])
      for (const recent of this.#relatedTo(subject, kind)) looked.set(recent, true);
    for (const suspicion of this.#suspicions.values())
      if (agree(suspicion.subject, subject)) this.#add(suspicion.subject, looked);
  }

  #relatedTo(subject: Subject, kind: string): readonly Recent[] {
    const table = this.#field.tables.get(kind);
    if (table === undefined) return [];
    return [...table.objects.values()].filter((recent) => agree(recent.subject, subject));
  }

  #examine(recent: Recent): readonly Cause[] {
    const signatures = this.#byKind.get(recent.subject.kind) ?? [];
    return signatures.flatMap((signature) => {
      const cause = examine(signature, recent, this.#field);
      return cause === undefined ? [] : [cause];
    });
  }

  #explainAway(causes: readonly Cause[]): Cause[] {
    return causes.map((cause) => {
      const better = causes.find((other) => this.#explains(other, cause));
      if (better === undefined) return cause;
      const explained: Evidence = {
        speaks: 'against',
        text: `It follows from another cause: ${better.title}.`,
        readings: [],
      };
      return { ...cause, score: cause.score * explainedShare, evidence: [...cause.evidence, explained] };
    });
  }

  #explains(cause: Cause, other: Cause): boolean {
    const signature = this.#signatures.find(({ name }) => name === cause.signature);
    const names = signature?.explains ?? [];
    return cause.score >= 0.5 && names.includes(other.signature) && agree(cause.subject, other.subject);
  }
}

/** The same wherever both have a label, and they have one in common. */
function agree(left: Subject, right: Subject): boolean {
  let shared = 0;
  for (const [label, value] of Object.entries(left.labels)) {
    const other = right.labels[label];
    if (other === undefined) continue;
    if (other !== value) return false;
    shared++;
  }
  return shared > 0;
}

function order({ signature, subject }: Cause): string {
  return [signature, ...Object.values(subject.labels)].join(' ');
}
