/**
 * How a queue's declaration orders and shares what a receiver holds, on engines that cannot do it themselves. Pure.
 * Invariant: two declarations with the same fingerprint choose alike.
 */
import {
  noSecret,
  orderOf,
  priorityLimit,
  tenantRulesOf,
  weightDefault,
  type Bandwidth,
  type Order,
  type TenantRules,
} from '../scheduling/index.js';
import type { DispatchDeclaration, QueueDeclaration } from './topology.js';

export interface WindowTerms {
  readonly order: Order;
  /** Undefined: tenants mean nothing. */
  readonly tenants: TenantRules | undefined;
  /** Whether messages are held to choose among; else only keys make it necessary. */
  readonly isChoosing: boolean;
  /** What of the declaration they come from. */
  readonly fingerprint: string;
}

/** Names the terms of every tenant that has none of its own. */
const others = '*';

/** Terms for receivers that know nothing of a queue. */
export const plainTerms: WindowTerms = windowTermsOf({});

/**
 * What a declaration asks of the receiver. `priority` is strict, as the engines that have it order by it themselves;
 * messages are held for it only where tenants share the queue.
 */
export function windowTermsOf(declaration: QueueDeclaration): WindowTerms {
  const { order = 'fifo', priorityMax, fair, fairBudget } = declaration;
  const isByPriority = order === 'priority' || (order === 'fifo' && priorityMax !== undefined);
  const tenants =
    fair === undefined && fairBudget === undefined ? undefined : tenantsOf({ fair, fairBudget });
  return {
    order: isByPriority
      ? { kind: 'strict-priority', priorityMax: priorityMax ?? priorityLimit }
      : orderOf(order),
    tenants,
    isChoosing: tenants !== undefined || (order !== 'fifo' && order !== 'priority'),
    fingerprint: JSON.stringify([order, sorted(fair), sorted(fairBudget)]),
  };
}

type Shares = {
  readonly [Name in 'fair' | 'fairBudget']: DispatchDeclaration[Name] | undefined;
};

function tenantsOf({ fair = {}, fairBudget = {} }: Shares): TenantRules {
  const weights = new Map(Object.entries(fair));
  const bandwidths = new Map(
    Object.entries(fairBudget).map(([name, budget]) => [name, bandwidthOf(budget)] as const),
  );
  const settings = {
    weights,
    weightOfOthers: weights.get(others) ?? weightDefault,
    bandwidths,
    bandwidthOfOthers: bandwidths.get(others),
    rate: undefined,
    concurrencyMax: undefined,
  };
  return tenantRulesOf(settings, noSecret);
}

/** A declaration's budgets are checked, and in milliseconds: `20ms/100ms`. */
function bandwidthOf(budget: string): Bandwidth {
  const [budgetMs, periodMs] = budget.split('/').map((part) => Number.parseFloat(part));
  return { budgetMs: budgetMs!, periodMs: periodMs! };
}

function sorted(table: Readonly<Record<string, unknown>> | undefined): readonly unknown[] {
  return Object.entries(table ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
}
