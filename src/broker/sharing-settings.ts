/**
 * The queue arguments that share a queue between tenants and limit how fast it is delivered: `x-fair`,
 * `x-fair-budget`, `x-rate-limit`, `x-concurrency`, and those two for each tenant and key.
 */
import {
  weightDefault,
  type Bandwidth,
  type Order,
  type RateLimit,
  type TenantSettings,
} from '../scheduling/index.js';
import { FieldDecimal, FieldNumber, type FieldTable, type FieldValue } from './content/index.js';

export interface SharingSettings {
  /** Undefined: tenants mean nothing. */
  readonly tenants: TenantSettings | undefined;
  readonly rate: RateLimit | undefined;
  readonly keyRate: RateLimit | undefined;
  /** Unacknowledged deliveries of the queue at most, over all consumers. */
  readonly concurrencyMax: number | undefined;
}

/** Arguments of this file; a redeclaration must repeat them. */
export const sharingArguments: readonly string[] = [
  'x-fair',
  'x-fair-budget',
  'x-rate-limit',
  'x-tenant-rate-limit',
  'x-key-rate-limit',
  'x-concurrency',
  'x-tenant-concurrency',
];

/** Names the terms of every tenant that has none of its own. */
const others = '*';

/** Names in one table: further ones are refused. */
const namesMax = 10_000;

const weightMin = 1e-3;
const weightMax = 1e6;
const countMax = 1e9;
const spanMsMax = 366 * 24 * 60 * 60 * 1_000;

/** How the arguments of one queue are read. */
interface ArgumentSource {
  table(name: string): FieldTable | undefined;
  integer(name: string, min: number, max: number): number | undefined;
  fail(name: string, why: string): never;
}

/** Throws `precondition-failed` for an argument of the wrong type or range. */
export function readSharing(read: ArgumentSource, order: Order): SharingSettings {
  return {
    tenants: tenantSettings(read, order),
    rate: rateOf(read, 'x-rate-limit'),
    keyRate: rateOf(read, 'x-key-rate-limit'),
    concurrencyMax: read.integer('x-concurrency', 1, countMax),
  };
}

function tenantSettings(read: ArgumentSource, order: Order): TenantSettings | undefined {
  const shares = read.table('x-fair');
  const budgets = read.table('x-fair-budget');
  const rate = rateOf(read, 'x-tenant-rate-limit');
  const concurrencyMax = read.integer('x-tenant-concurrency', 1, countMax);
  if (shares === undefined && budgets === undefined && rate === undefined && concurrencyMax === undefined)
    return undefined;
  if (budgets !== undefined && order.kind !== 'deadline')
    read.fail('x-fair-budget', "only a queue with 'x-order' deadline has budgets");
  const weights = valuesOf(read, 'x-fair', shares, weightOf);
  const bandwidths = valuesOf(read, 'x-fair-budget', budgets, bandwidthOf);
  return {
    weights,
    weightOfOthers: weights.get(others) ?? weightDefault,
    bandwidths,
    bandwidthOfOthers: bandwidths.get(others),
    rate,
    concurrencyMax,
  };
}

function valuesOf<T>(
  read: ArgumentSource,
  name: string,
  table: FieldTable | undefined,
  valueOf: (value: FieldValue) => T | string,
): ReadonlyMap<string, Exclude<T, string>> {
  const values = new Map<string, Exclude<T, string>>();
  if (table === undefined) return values;
  if (table.size > namesMax) read.fail(name, `it names more than ${namesMax} tenants`);
  for (const [tenant, given] of table) {
    const value = valueOf(given);
    if (typeof value === 'string') read.fail(name, `tenant '${tenant}': ${value}`);
    values.set(tenant, value as Exclude<T, string>);
  }
  return values;
}

/** The weight, or what is wrong with it. */
function weightOf(value: FieldValue): number | string {
  const weight = numberOf(value);
  if (weight >= weightMin && weight <= weightMax) return weight;
  return `give a weight from ${weightMin} to ${weightMax}`;
}

const budgetPattern = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m)\/(\d{1,9}(?:\.\d{1,3})?)(ms|s|m)$/;
const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

/** The bandwidth, or what is wrong with it. */
function bandwidthOf(value: FieldValue): Bandwidth | string {
  const found = typeof value === 'string' ? budgetPattern.exec(value) : null;
  if (found === null) return 'give a budget in a period, such as 20ms/100ms';
  const budgetMs = Number(found[1]) * unitMs[found[2]!]!;
  const periodMs = Number(found[3]) * unitMs[found[4]!]!;
  if (budgetMs < 0.001 || periodMs > spanMsMax) return 'it is out of range';
  return budgetMs > periodMs ? 'the budget is above its period' : { budgetMs, periodMs };
}

function rateOf(read: ArgumentSource, name: string): RateLimit | undefined {
  const table = read.table(name);
  if (table === undefined) return undefined;
  const part = (field: string, max: number): number => {
    const number = numberOf(table.get(field));
    if (Number.isInteger(number) && number >= 1 && number <= max) return number;
    return read.fail(name, `${field}: give a whole number from 1 to ${max}`);
  };
  for (const field of table.keys())
    if (field !== 'count' && field !== 'per' && field !== 'burst')
      read.fail(name, `unknown field '${field}'; give count, per (milliseconds) and burst`);
  const count = part('count', countMax);
  return {
    count,
    perMs: part('per', spanMsMax),
    burst: table.has('burst') ? part('burst', countMax) : count,
  };
}

/** NaN for what is no number. */
function numberOf(value: FieldValue | undefined): number {
  if (value instanceof FieldDecimal) return value.unscaled / 10 ** value.scale;
  return value instanceof FieldNumber && value.kind !== 'timestamp' ? Number(value.value) : Number.NaN;
}
