/** RabbitMQ's definitions JSON: users, permissions, virtual hosts and topology, in and out. */
export {
  definitionKinds,
  definitionsPieces,
  parseDefinitions,
  unsupportedKinds,
  type DefinitionKind,
  type DefinitionsPiece,
} from './document.js';
export { exportDefinitions, type ExportedPiece } from './export-definitions.js';
export { DefinitionsImport } from './import-definitions.js';
export type { ImportCounts, ImportProblem, ImportReport, ItemOutcome } from './report.js';
export type { DefinitionsTarget, ImportOptions } from './target.js';
