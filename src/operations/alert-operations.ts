/**
 * Operations on alerts, incidents, silences and rules. Reading is for those who monitor; acknowledging, commenting and
 * silencing too; rules are changed by those who set policies. Every change stands in the audit log.
 */
import { z } from 'zod';
import type {
  Alert,
  Alerts,
  Backtest,
  BookedRule,
  Incident,
  Rule,
  RuleDefinition,
  RuleTrial,
  Silence,
} from '../alerts/index.js';
import { SluiceError } from '../kernel/index.js';
import { recorded } from './audited.js';
import { nothing } from './inputs.js';
import type { ServerOperation, Services } from './services.js';

/** An incident in a list: without its timeline and alerts. */
export interface IncidentRow extends Omit<Incident, 'alerts' | 'timeline'> {
  /** Alerts of it that have not ended. */
  readonly alertsOpen: number;
  readonly alertsTotal: number;
}

const id = z.string().min(1).max(64);
const text = z.string().min(1).max(2_000);
const oneIncident = z.strictObject({ id });
const dayMs = 86_400_000;

function alertsOf({ alerts }: Services): Alerts {
  if (alerts !== undefined) return alerts;
  throw new SluiceError('unsupported', 'there are no alerts here: nothing is measured (monitor.enabled)');
}

function nameOf({ actor }: Services): string {
  return actor.identity.name;
}

/** Does it, and writes it to the audit log; `subject` may name what came of it. */
function told<Result>(
  services: Services,
  subject: string | ((result: Result | undefined) => string),
  run: () => Promise<Result>,
): Promise<Result> {
  return recorded(services, { event: 'alert-changed', subject }, run);
}

type Nothing = Record<string, never>;

export const alertList: ServerOperation<Nothing, { readonly alerts: readonly Alert[] }> = {
  input: nothing,
  run: (services) => Promise.resolve({ alerts: services.alerts?.alerts() ?? [] }),
};

/** A rule as it is listed. */
export interface RuleRow {
  readonly name: string;
  readonly source: BookedRule['source'];
  readonly help?: string;
  readonly rule: Rule;
}

export const alertRules: ServerOperation<Nothing, { readonly rules: readonly RuleRow[] }> = {
  input: nothing,
  run: (services) =>
    Promise.resolve({
      rules: alertsOf(services)
        .rules()
        .map(({ rule, source, help }) => ({
          ...{ name: rule.name, source, rule },
          ...(help === undefined ? {} : { help }),
        })),
    }),
};

/** The name that a rule was given, where it has one. */
function namedIn({ name }: RuleDefinition): string {
  return typeof name === 'string' ? name : '';
}

const definition = z.strictObject({ rule: z.record(z.string(), z.unknown()) });

export const alertRulePut: ServerOperation<{ readonly rule: RuleDefinition }, Rule> = {
  input: definition,
  run: (services, { rule }) =>
    told<Rule>(
      services,
      (put) => `rule '${put?.name ?? namedIn(rule)}'`,
      async () => alertsOf(services).putRule(rule),
    ),
};

export const alertRuleTest: ServerOperation<{ readonly rule: RuleDefinition }, RuleTrial> = {
  input: definition,
  run: async (services, { rule }) => alertsOf(services).try(rule),
};

const named = z.strictObject({ name: z.string().min(1).max(63) });

export const alertRuleDelete: ServerOperation<z.infer<typeof named>, null> = {
  input: named,
  run: (services, { name }) =>
    told(services, `rule '${name}' removed`, async () => {
      await alertsOf(services).removeRule(name);
      return null;
    }),
};

const replay = definition.extend({
  /** How far back, in milliseconds. */
  sinceMs: z
    .number()
    .min(60_000)
    .max(30 * dayMs),
});

export const alertBacktest: ServerOperation<
  { readonly rule: RuleDefinition; readonly sinceMs: number },
  Backtest
> = {
  input: replay,
  run(services, { rule, sinceMs }) {
    const toSecond = services.figures?.second ?? 0;
    const fromSecond = toSecond - Math.round(sinceMs / 1_000);
    // What is not written yet is of the last minute.
    const historySecond = services.monitor?.historySecond ?? toSecond - 60;
    return alertsOf(services).backtest(rule, { fromSecond, toSecond, historySecond });
  },
};

const incidentsAsked = z.strictObject({
  state: z.enum(['open', 'acknowledged', 'resolved']).optional(),
  severity: z.enum(['info', 'warning', 'critical']).optional(),
  fromMs: z.number().min(0).optional().describe('Unix ms; those that were over before it are left out'),
});

export const incidentList: ServerOperation<
  z.infer<typeof incidentsAsked>,
  { readonly incidents: readonly IncidentRow[] }
> = {
  input: incidentsAsked,
  run: (services, { state, severity, fromMs = 0 }) =>
    Promise.resolve({
      incidents: (services.alerts?.incidents() ?? [])
        .filter((incident) => state === undefined || incident.state === state)
        .filter((incident) => severity === undefined || incident.severity === severity)
        .filter(({ resolvedMs = Infinity }) => resolvedMs >= fromMs)
        .map(incidentRow),
    }),
};

function incidentRow(incident: Incident): IncidentRow {
  const { id: own, title, severity, state, causes, labels, openedMs, acknowledgedBy, resolvedMs } = incident;
  const { alerts } = incident;
  return {
    ...{ id: own, title, severity, state, causes, labels, openedMs },
    ...(acknowledgedBy === undefined ? {} : { acknowledgedBy }),
    ...(resolvedMs === undefined ? {} : { resolvedMs }),
    alertsOpen: alerts.filter((alert) => alert.state !== 'resolved').length,
    alertsTotal: alerts.length,
  };
}

export const incidentShow: ServerOperation<z.infer<typeof oneIncident>, Incident> = {
  input: oneIncident,
  run(services, { id: asked }) {
    const incident = alertsOf(services).incident(asked);
    if (incident !== undefined) return Promise.resolve(incident);
    return Promise.reject(new SluiceError('not-found', `there is no incident ${asked}`));
  },
};

const acknowledging = oneIncident.extend({ text: text.optional() });

export const incidentAcknowledge: ServerOperation<z.infer<typeof acknowledging>, Incident> = {
  input: acknowledging,
  run: (services, { id: asked, text: said }) =>
    told(services, `incident ${asked} acknowledged`, async () =>
      alertsOf(services).acknowledge(asked, nameOf(services), said),
    ),
};

const commenting = oneIncident.extend({ text });

export const incidentComment: ServerOperation<z.infer<typeof commenting>, Incident> = {
  input: commenting,
  run: (services, { id: asked, text: said }) =>
    told(services, `incident ${asked} commented on`, async () =>
      alertsOf(services).comment(asked, nameOf(services), said),
    ),
};

export const silenceList: ServerOperation<Nothing, { readonly silences: readonly Silence[] }> = {
  input: nothing,
  run: (services) => Promise.resolve({ silences: services.alerts?.silences() ?? [] }),
};

const silencing = z.strictObject({
  match: z.record(z.string().min(1).max(63), z.string().min(1).max(1_000)),
  /** How long, in milliseconds. */
  forMs: z
    .number()
    .min(1_000)
    .max(365 * dayMs),
  /** When it begins, Unix ms; now unless given. */
  fromMs: z.number().optional(),
  reason: text,
});

export const silenceAdd: ServerOperation<z.infer<typeof silencing>, Silence> = {
  input: silencing,
  run(services, { match, forMs, fromMs, reason }) {
    const by = nameOf(services);
    return told<Silence>(
      services,
      (silence) => `silence ${silence === undefined ? '' : `${silence.id} `}for ${JSON.stringify(match)}`,
      async () => alertsOf(services).addSilence({ match, forMs, fromMs, by, reason }),
    );
  },
};

export const silenceEnd: ServerOperation<z.infer<typeof oneIncident>, Silence> = {
  input: oneIncident,
  run: (services, { id: asked }) =>
    told(services, `silence ${asked} ended`, async () => alertsOf(services).endSilence(asked)),
};
