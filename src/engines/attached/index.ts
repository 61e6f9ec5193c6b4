/** The engine on a directory that another process owns, until this one does. */
export { openAttached, type AttachedOptions, type OwnedEngine } from './open-attached.js';
