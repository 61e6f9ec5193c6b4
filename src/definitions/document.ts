/**
 * RabbitMQ's definitions document: which parts it has, in which order they must be imported, and how a large one
 * is cut into pieces. The items themselves are read where they are imported.
 */
import { SluiceError } from '../kernel/index.js';

/** The parts of a document that Sluice takes, each after those that it needs. */
export const definitionKinds = [
  'vhosts',
  'users',
  'permissions',
  'topic_permissions',
  'policies',
  'parameters',
  'exchanges',
  'queues',
  'bindings',
] as const;

/** The parts that are known and not supported, each with the reason. */
export const unsupportedKinds = {
  global_parameters: 'global parameters are not supported',
} as const;

/** Why a parameter is not taken that is no operator policy. */
export const unsupportedParameter =
  'runtime parameters other than operator policies (federation, shovels, limits) are not supported';

/** What only describes the document or the server that wrote it. */
const descriptiveKeys: ReadonlySet<string> = new Set([
  'rabbit_version',
  'rabbitmq_version',
  'rabbitmq_definition_format',
  'product_name',
  'product_version',
  'original_cluster_name',
  'original_vhost_name',
  'explanation',
  'description',
  'metadata',
  'tags',
  'default_queue_type',
  'sluice_version',
]);

export type DefinitionKind = (typeof definitionKinds)[number];
export type UnsupportedKind = keyof typeof unsupportedKinds;

/** Some items of one kind. `other` stands for a part that nobody knows; its items are the parts' names. */
export interface DefinitionsPiece {
  readonly kind: DefinitionKind | UnsupportedKind | 'other';
  readonly items: readonly unknown[];
}

const pieceItems = 100;

function itemsOf(document: Readonly<Record<string, unknown>>, kind: string): readonly unknown[] {
  const items = Object.hasOwn(document, kind) ? document[kind] : [];
  if (Array.isArray(items)) return items;
  throw new SluiceError('bad-input', `"${kind}" is not a list`);
}

/** The document from its text. Throws 'bad-input' when it is not a JSON object. */
export function parseDefinitions(text: string): Readonly<Record<string, unknown>> {
  let document: unknown;
  try {
    // RabbitMQ's command-line tool writes a byte order mark on some systems.
    document = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new SluiceError('bad-input', `not JSON: ${error instanceof Error ? error.message : ''}`, {
      cause: error,
    });
  }
  if (typeof document === 'object' && document !== null && !Array.isArray(document)) {
    return document as Readonly<Record<string, unknown>>;
  }
  throw new SluiceError('bad-input', 'not a definitions document: it is not a JSON object');
}

/** Cuts a document into pieces, in the order in which they must be imported. Throws 'bad-input'. */
export function* definitionsPieces(
  document: Readonly<Record<string, unknown>>,
): Generator<DefinitionsPiece, void, undefined> {
  const unsupported = Object.keys(unsupportedKinds) as UnsupportedKind[];
  const kinds = [...definitionKinds, ...unsupported];
  for (const kind of kinds) {
    const items = itemsOf(document, kind);
    for (let start = 0; start < items.length; start += pieceItems) {
      yield { kind, items: items.slice(start, start + pieceItems) };
    }
  }
  const known = new Set<string>([...kinds, ...descriptiveKeys]);
  const others = Object.keys(document).filter((key) => !known.has(key));
  if (others.length > 0) yield { kind: 'other', items: others };
}
