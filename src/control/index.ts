/** The control socket: who owns a data directory, and the operations its owner runs for those who ask. */
export { claimDirectory, identifyDirectory, type DirectoryClaim, type DirectoryIdentity } from './claim.js';
export { askOwner } from './ask-owner.js';
export { connectControl, type ControlCall, type ControlClient } from './control-client.js';
export { ControlServer, type ControlServerOptions } from './control-server.js';
export {
  bindOperation,
  type BoundOperation,
  type BoundOperations,
  type InputSchema,
  type Operation,
  type OperationCall,
} from './operation.js';
export { attachSocketName, withSocketPath } from './socket-path.js';
export { lineBytesMax, type Hello, type ServerState } from './protocol.js';
