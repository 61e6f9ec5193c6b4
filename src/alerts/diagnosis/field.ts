/**
 * Everything that diagnosis remembers of what was measured: the recent figures of each object, by kind. Invariant: only
 * series that some signature names are kept; an object that was not measured for two minutes is forgotten.
 */
import { catalogue, seriesOf, type Figures } from '../../monitor/index.js';
import { seriesIn } from './expression.js';
import type { ColumnPlan } from './block.js';
import { Grouping } from './grouping.js';
import { keyOf } from './key.js';
import type { Recent } from './recent.js';
import type { Signature } from './signature.js';
import { stepSeconds, stepsKept } from './steps.js';
import { Table } from './table.js';

export class Field {
  readonly tables: ReadonlyMap<string, Table>;
  /** The newest step that was taken in; -1: none. */
  step = -1;
  /** By the kind of object that asks, and what it asks for. */
  readonly #groupings = new Map<string, Map<string, Grouping>>();
  #groupingCount = 0;

  constructor(signatures: readonly Signature[]) {
    this.tables = planTables(signatures);
  }

  /** Takes in a measurement if it begins a new step. True: it did. Yields now and then, to be paced. */
  *take(figures: Pick<Figures, 'latest'>, second: number): Generator<void, boolean, undefined> {
    const step = Math.floor(second / stepSeconds);
    if (step <= this.step) return false;
    let left = objectsPerSlice;
    for (const table of this.tables.values()) {
      for (const sample of figures.latest(table.kind)) {
        table.take(sample, step);
        if (--left > 0) continue;
        left = objectsPerSlice;
        yield;
      }
      table.end(step);
      yield;
    }
    this.step = step;
    return true;
  }

  find(kind: string, labels: Readonly<Record<string, string>>): Recent | undefined {
    const table = this.tables.get(kind);
    return table?.objects.get(keyOf(table.labels.map((label) => labels[label] ?? '')));
  }

  /** Objects of `kind` that agree with `recent` in all labels that both kinds have, and are there now. */
  related(recent: Recent, kind: string): readonly Recent[] {
    const table = this.tables.get(kind);
    if (table === undefined) return [];
    return present(this.#grouping(recent, table, kind).of(recent), this.step);
  }

  /** Others of the same kind that differ in `label` alone. */
  peers(recent: Recent, label: string): readonly Recent[] {
    const table = this.tables.get(recent.subject.kind)!;
    const members = this.#grouping(recent, table, `but ${label}`, label).of(recent);
    return members.filter((other) => other !== recent && other.lastStep === this.step);
  }

  /** By the labels that objects of this kind share with those of `table`, but for one; found again by `name`. */
  #grouping({ subject: { kind } }: Recent, table: Table, name: string, but?: string): Grouping {
    let ofKind = this.#groupings.get(kind);
    if (ofKind === undefined) this.#groupings.set(kind, (ofKind = new Map<string, Grouping>()));
    let grouping = ofKind.get(name);
    if (grouping === undefined) {
      const own = this.tables.get(kind)!.labels;
      const shared = table.labels.filter((label) => label !== but && own.includes(label));
      grouping = new Grouping(this.#groupingCount++, shared);
      ofKind.set(name, grouping);
      table.keep(grouping);
    }
    return grouping;
  }
}

/** Mostly all of them are there. */
function present(members: readonly Recent[], step: number): readonly Recent[] {
  return members.every((each) => each.lastStep === step)
    ? members
    : members.filter((each) => each.lastStep === step);
}

/** About 1 ms of work. */
const objectsPerSlice = 1_000;

function planTables(signatures: readonly Signature[]): Map<string, Table> {
  const wanted = new Map<string, Map<string, { hours: boolean; coarse: boolean }>>();
  for (const { name: kind } of catalogue) wanted.set(kind, new Map());
  for (const signature of signatures) collect(signature, wanted);
  return new Map(
    [...wanted].flatMap(([kind, series]) => {
      const table = tableOf(kind, series);
      return table === undefined ? [] : [[kind, table] as const];
    }),
  );
}

type Wanted = Map<string, Map<string, { hours: boolean; coarse: boolean }>>;

function collect(signature: Signature, wanted: Wanted): void {
  const found = (kind: string, series: string, take: string, seconds: number): void => {
    const ofKind = wanted.get(kind);
    if (ofKind === undefined) return;
    const before = ofKind.get(series);
    ofKind.set(series, {
      hours: before?.hours === true || take === 'usual-hour',
      coarse: before?.coarse === true || seconds > stepsKept * stepSeconds,
    });
  };
  const conditions = [signature.symptoms, signature.check.condition];
  for (const { condition } of [...signature.speaksFor, ...signature.speaksAgainst])
    conditions.push(condition);
  for (const condition of conditions) seriesIn(condition, signature.kind, found);
  for (const { amount } of Object.values(signature.figures)) seriesIn(amount, signature.kind, found);
  for (const { kind, amount } of Object.values(signature.worst)) seriesIn(amount, kind, found);
}

function tableOf(
  name: string,
  wanted: ReadonlyMap<string, { hours: boolean; coarse: boolean }>,
): Table | undefined {
  const kind = catalogue.find((each) => each.name === name);
  if (kind === undefined || wanted.size === 0) return undefined;
  const series = seriesOf(kind);
  const plan = series.flatMap((each, source): ColumnPlan[] => {
    const want = wanted.get(each.name);
    if (want === undefined) return [];
    const isCounter = each.kind === 'counter';
    return [{ series: each.name, source, isCounter, keepsHours: want.hours, isCoarse: want.coarse }];
  });
  const units = new Map(series.map((each) => [each.name, each.unit]));
  return new Table(name, kind.labels, plan, units);
}
