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
export const definitionsImport: ServerOperation<
  z.infer<typeof importInput>,
  ImportReport,
  never,
  DefinitionsPiece
> = {
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
};

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
