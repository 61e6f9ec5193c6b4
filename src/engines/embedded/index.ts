/** The embedded engine: the broker inside this process, on a directory that it owns. */
export { embeddedCapabilities } from './capabilities.js';
export { EmbeddedEngine } from './embedded-engine.js';
export { openEmbedded, type EmbeddedOptions, type OwnedDirectory, type OwnerHost } from './open-embedded.js';
