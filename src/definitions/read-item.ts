/** Reads one item of a document by its schema. */
import type { z } from 'zod';
import { SluiceError } from '../kernel/index.js';
import type { DefinitionKind } from './document.js';
import { namedItem } from './items.js';
import type { ImportTally } from './report.js';

/** One item by its schema; one that does not fit is reported. */
export function readItem<Item>(
  kind: DefinitionKind,
  schema: z.ZodType<Item>,
  item: unknown,
  tally: ImportTally,
): Item | undefined {
  const parsed = schema.safeParse(item);
  if (parsed.success) return parsed.data;
  const named = namedItem.safeParse(item);
  const label = named.success ? `'${named.data.name}'` : '(malformed)';
  const [issue] = parsed.error.issues;
  const reason = `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? ''}`;
  tally.refuseFor(kind, label, new SluiceError('bad-input', reason));
  return undefined;
}
