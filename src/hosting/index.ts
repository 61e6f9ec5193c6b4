/** What the owner of a data directory lets in: processes that attach, operators, and clients over the network. */
export { isLoopback, listenAddresses } from './addresses.js';
export { apiParts } from './api-parts.js';
export { AttachPoint, attachOperationName, type AttachAnswer } from './attach-point.js';
export { connectionsOf } from './connections.js';
export { startEmbeddedHost, type EmbeddedHost, type HostedPorts, type OwnedParts } from './embedded-host.js';
export { checkPorts, startListening, type ListenerPlan, type ListenerRequest } from './listening.js';
export { StopStack } from './stop-stack.js';
