/** What is wrong with a draft, by field: what cannot be read here, and what the server refuses. */
import { Refusal } from '../../server/api.ts';
import { problemsByField, type Draft, type Problem } from './draft.ts';
import { told } from './words.ts';

/** What is of no field stands under the empty name. */
export function problemsOf(
  draft: Draft | undefined,
  unread: Readonly<Record<string, Problem>>,
  refused: unknown,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>(Object.entries(unread).map(([field, word]) => [field, told(word)]));
  if (!(refused instanceof Refusal)) return found;
  const listed = refused.details['problems'];
  const texts = Array.isArray(listed) ? listed.map(String) : [refused.message];
  for (const [field, text] of problemsByField(texts, draft?.['kind'] ?? 'threshold'))
    if (!found.has(field)) found.set(field, text);
  return found;
}
