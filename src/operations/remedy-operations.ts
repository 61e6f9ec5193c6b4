/**
 * Operations on remedies. Looking and asking are for those who monitor, applying, approving and undoing for
 * administrators; every step stands in the audit log.
 */
import { z } from 'zod';
import type { Doer, Remedies, RemedyPreview, RemedyRun, SwitchState } from '../alerts/index.js';
import { SluiceError } from '../kernel/index.js';
import { nothing } from './inputs.js';
import type { ServerOperation, Services } from './services.js';

function remediesOf({ remedies }: Services): Remedies {
  if (remedies !== undefined) return remedies;
  throw new SluiceError('unsupported', 'there are no remedies here: nothing is measured (monitor.enabled)');
}

function doerOf({ actor }: Services): Doer {
  return { name: actor.identity.name, source: actor.source };
}

type Nothing = Record<string, never>;

/** A remedy as it is listed. */
export interface RemedyRow {
  readonly name: string;
  readonly title: string;
  /** JSON schema of what it takes. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly canUndo: boolean;
  readonly afterRestart: string;
}

export const remedyList: ServerOperation<Nothing, { readonly remedies: readonly RemedyRow[] }> = {
  input: nothing,
  run: (services) => {
    const rows = remediesOf(services)
      .list()
      .map(({ name, title, parameters, undo, afterRestart }) => ({
        ...{ name, title, afterRestart, canUndo: undo !== undefined },
        parameters: z.toJSONSchema(parameters, { io: 'input', unrepresentable: 'any' }),
      }));
    return Promise.resolve({ remedies: rows });
  },
};

const runsAsked = z.strictObject({
  incident: z.string().min(1).max(64).optional().describe('those that are for this incident'),
});

export const remedyRuns: ServerOperation<
  z.infer<typeof runsAsked>,
  { readonly runs: readonly RemedyRun[] }
> = {
  input: runsAsked,
  run(services, { incident }) {
    const runs = remediesOf(services).runs();
    return Promise.resolve({
      runs: incident === undefined ? runs : runs.filter((run) => run.incident === incident),
    });
  },
};

const id = z.strictObject({ id: z.string().min(1).max(64) });
type Id = z.infer<typeof id>;

export const remedyShow: ServerOperation<Id, RemedyRun> = {
  input: id,
  run: async (services, { id: asked }) => Promise.resolve(remediesOf(services).run(asked)),
};

const asked = z.strictObject({
  remedy: z.string().min(1).max(63),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

export const remedyPreview: ServerOperation<z.infer<typeof asked>, RemedyPreview> = {
  input: asked,
  run: async (services, { remedy, parameters }) => remediesOf(services).preview(remedy, parameters),
};

const wished = asked.extend({
  /** Of the preview: it is refused where something has changed since. */
  token: z.string().min(1).max(64),
  reason: z.string().min(1).max(1_000).optional(),
  incident: z.string().min(1).max(64).optional(),
  /** It stays in force also where its check fails. */
  keep: z.boolean().optional(),
});
type Wished = z.infer<typeof wished>;

export const remedyApply: ServerOperation<Wished, RemedyRun> = {
  input: wished,
  run: async (services, wish) => remediesOf(services).apply(wish, doerOf(services)),
};

export const remedyAsk: ServerOperation<Wished, RemedyRun> = {
  input: wished,
  run: async (services, wish) => remediesOf(services).ask(wish, doerOf(services)),
};

export const remedyApprove: ServerOperation<Id, RemedyRun> = {
  input: id,
  run: async (services, input) => remediesOf(services).approve(input.id, doerOf(services)),
};

export const remedyReject: ServerOperation<Id, RemedyRun> = {
  input: id,
  run: async (services, input) => remediesOf(services).reject(input.id, doerOf(services)),
};

export const remedyUndo: ServerOperation<Id, RemedyRun> = {
  input: id,
  run: async (services, input) => remediesOf(services).undo(input.id, doerOf(services)),
};

export const remedyAutomation: ServerOperation<Nothing, SwitchState> = {
  input: nothing,
  run: async (services) => Promise.resolve(remediesOf(services).automatic),
};

const switched = z.strictObject({ isOn: z.boolean() });

export const remedySwitch: ServerOperation<z.infer<typeof switched>, SwitchState> = {
  input: switched,
  run: async (services, { isOn }) => remediesOf(services).setAutomatic(isOn, doerOf(services)),
};
