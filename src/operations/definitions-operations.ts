/** Importing and exporting definitions through the control socket, in pieces. */
import { z } from 'zod';
import {
  definitionKinds,
  DefinitionsImport,
  exportDefinitions,
  unsupportedKinds,
  type DefinitionsPiece,
  type ExportedPiece,
  type ImportReport,
} from '../definitions/index.js';
import { audited, type Became } from './audited.js';
import { emitInPieces } from './in-pieces.js';
import { vhostName } from './inputs.js';
import type { ServerOperation } from './services.js';

const kinds = [
  ...definitionKinds,
  ...(Object.keys(unsupportedKinds) as (keyof typeof unsupportedKinds)[]),
  'other',
] as const;

const importInput = z.strictObject({ dryRun: z.boolean(), vhost: vhostName });

/** The caller sends the document's pieces as messages; the report comes at the end. */
export const definitionsImport = audited<z.infer<typeof importInput>, ImportReport, never, DefinitionsPiece>(
  {
    event: 'definitions-imported',
    subject: () => 'definitions',
    isAct: ({ dryRun }) => !dryRun,
    became,
  },
  {
    input: importInput,
    message: z.strictObject({ kind: z.enum(kinds), items: z.array(z.unknown()).max(1_000) }),
    async run(services, options, call) {
      const run = new DefinitionsImport(services, options);
      try {
        for await (const piece of call.messages) await run.take(piece);
        return run.report();
      } finally {
        run.close();
      }
    },
  },
);

/** One record for a whole document; what became of users and permissions stands in records of their own besides. */
function became({ counts }: ImportReport): Became {
  const sums = { created: 0, updated: 0, failed: 0 };
  for (const each of Object.values(counts)) {
    sums.created += each.created;
    sums.updated += each.updated;
    sums.failed += each.failed;
  }
  const { created, updated, failed } = sums;
  if (created + updated + failed === 0) return undefined;
  const outcome = created + updated === 0 ? 'failure' : 'success';
  return { outcome, reason: `${created} created, ${updated} updated, ${failed} failed` };
}

/** Items come as events, some at a time, in the order of the document. */
export const definitionsExport: ServerOperation<
  { vhost?: string | undefined },
  null,
  readonly { readonly kind: ExportedPiece['kind']; readonly item: ExportedPiece['items'][number] }[]
> = {
  input: z.strictObject({ vhost: vhostName.optional() }),
  async run(services, { vhost }, call) {
    for (const { kind, items } of exportDefinitions(services, vhost)) {
      await emitInPieces(call, items, (item) => ({ kind, item }));
    }
    return null;
  },
};
