/** Where definitions go to and come from. */
import type { Access, Actor } from '../access/index.js';
import type { Broker } from '../broker/index.js';

/** The parts of a server that definitions describe. */
export interface DefinitionsTarget {
  readonly broker: Broker;
  readonly access: Access;
  /** In whose name definitions are imported or exported. */
  readonly actor: Actor;
}

export interface ImportOptions {
  /** Report what would be done, and do nothing. */
  readonly dryRun: boolean;
  /** For items that name no virtual host: the document of a single one. */
  readonly vhost: string;
}
