/**
 * How programs say who shares a queue and how fast it is delivered, checked before any engine is asked. Invariant: a
 * time in another unit, and a burst that is the count anyway, give the same declaration: either stands beside the other.
 */
import { SluiceError, type OptionNames } from '../kernel/index.js';
import { durationMsMax, millisecondsOf, type Duration } from './duration.js';
import type { DispatchDeclaration, DispatchRate } from './topology.js';

/** So many deliveries in a time. */
export interface RateLimit {
  readonly count: number;
  readonly per: Duration;
  /** As many may go at once after a rest; `count` unless said otherwise. */
  readonly burst?: number;
}

/** Work in a time, such as `20ms/100ms`. */
export type Budget = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}/${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

/** Whose turn it is in a queue, and how much of it may be delivered at a time. */
export interface DispatchOptions {
  /** Tenants take turns by weight (0.001 to 1,000,000); `*` names the others, who have 1 unless said otherwise. */
  readonly fair?: Readonly<Record<string, number>>;
  /** On a queue of order `deadline`: what a tenant is sure of, ahead of those without, and no more. */
  readonly fairBudget?: Readonly<Record<string, Budget>>;
  /** Deliveries of the whole queue. */
  readonly rateLimit?: RateLimit;
  /** Deliveries of each tenant. */
  readonly tenantRateLimit?: RateLimit;
  /** Deliveries of each key. */
  readonly keyRateLimit?: RateLimit;
  /** Messages of the queue held at a time, over all receivers. */
  readonly concurrency?: number;
  /** Messages of each tenant held at a time. */
  readonly tenantConcurrency?: number;
}

/** Every option of this file, for the tables of those who take them among others. */
export const dispatchOptions: OptionNames<DispatchOptions> = {
  fair: true,
  fairBudget: true,
  rateLimit: true,
  tenantRateLimit: true,
  keyRateLimit: true,
  concurrency: true,
  tenantConcurrency: true,
};

export const dispatchOptionNames = Object.keys(dispatchOptions) as readonly (keyof DispatchOptions)[];

const countMax = 1e9;
const tenantsMax = 10_000;
const tenantBytesMax = 255;
const weightMin = 1e-3;
const weightMax = 1e6;
/** About 11 days: what a budget's own notation holds. */
const periodMsMax = 999_999_999;

/** Throws `bad-input` for what makes no sense. */
export function dispatchDeclarationOf(options: DispatchOptions): DispatchDeclaration {
  const { fair, fairBudget, rateLimit, tenantRateLimit, keyRateLimit, concurrency, tenantConcurrency } =
    options;
  return {
    ...(fair === undefined ? {} : { fair: termsOf(fair, 'fair', weightOf) }),
    ...(fairBudget === undefined ? {} : { fairBudget: termsOf(fairBudget, 'fairBudget', budgetOf) }),
    ...(rateLimit === undefined ? {} : { rateLimit: rateOf(rateLimit, 'rateLimit') }),
    ...(tenantRateLimit === undefined ? {} : { tenantRateLimit: rateOf(tenantRateLimit, 'tenantRateLimit') }),
    ...(keyRateLimit === undefined ? {} : { keyRateLimit: rateOf(keyRateLimit, 'keyRateLimit') }),
    ...(concurrency === undefined ? {} : { concurrency: whole(concurrency, 'concurrency') }),
    ...(tenantConcurrency === undefined
      ? {}
      : { tenantConcurrency: whole(tenantConcurrency, 'tenantConcurrency') }),
  };
}

function termsOf<Given, Term>(
  table: Readonly<Record<string, Given>>,
  what: string,
  termOf: (given: Given, what: string) => Term,
): Readonly<Record<string, Term>> {
  if (!isTable(table)) throw refusal(`${what} is a table of tenants, such as { gold: …, '*': … }`);
  const names = Object.keys(table);
  if (names.length > tenantsMax) throw refusal(`${what} names more than ${tenantsMax} tenants`);
  const terms = Object.create(null) as Record<string, Term>;
  for (const name of names) {
    if (Buffer.byteLength(name) > tenantBytesMax)
      throw refusal(`${what}: the name of a tenant has at most ${tenantBytesMax} bytes`);
    terms[name] = termOf(table[name]!, `${what} of tenant '${name}'`);
  }
  return terms;
}

function weightOf(weight: number, what: string): number {
  if (typeof weight === 'number' && weight >= weightMin && weight <= weightMax) return weight;
  throw refusal(`${what} is a weight from ${weightMin} to ${weightMax}, not '${weight}'`);
}

const budgetPattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)\/(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;
const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** In milliseconds, to the microsecond. */
function budgetOf(budget: Budget, what: string): string {
  const found = typeof budget === 'string' ? budgetPattern.exec(budget) : null;
  if (found === null) throw refusal(`${what} is work in a time, such as '20ms/100ms', not '${budget}'`);
  const [budgetMs, periodMs] = [precise(found[1]!, found[2]!), precise(found[3]!, found[4]!)];
  if (budgetMs > 0 && budgetMs <= periodMs && periodMs <= periodMsMax) return `${budgetMs}ms/${periodMs}ms`;
  throw refusal(`${what} is at least a microsecond in at most 11 days, and not above its time: '${budget}'`);
}

function precise(number: string, unit: string): number {
  return Math.round(Number(number) * unitMs[unit]! * 1_000) / 1_000;
}

function rateOf(rate: RateLimit, what: string): DispatchRate {
  if (!isTable(rate)) throw refusal(`${what} is a rate, such as { count: 100, per: '1s' }`);
  const { count, per, burst, ...unknown } = rate;
  for (const name in unknown) throw refusal(`${what}: '${name}' is unknown; give count, per and burst`);
  const perMs = millisecondsOf(per, `per of ${what}`);
  if (perMs < 1) throw refusal(`per of ${what} is from 1 ms to ${durationMsMax} ms`);
  const atOnce = burst === undefined ? count : whole(burst, `burst of ${what}`);
  return { count: whole(count, `count of ${what}`), perMs, ...(atOnce === count ? {} : { burst: atOnce }) };
}

function whole(number: number, what: string): number {
  if (Number.isInteger(number) && number >= 1 && number <= countMax) return number;
  throw refusal(`${what} is a whole number from 1 to ${countMax}, not '${number}'`);
}

function isTable(given: unknown): boolean {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}

function refusal(message: string): SluiceError {
  return new SluiceError('bad-input', message);
}
