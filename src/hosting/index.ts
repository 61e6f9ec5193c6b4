/** What the owner of a data directory lets in: processes that attach, operators, and clients over the network. */
export { isLoopback, listenAddresses } from './addresses.js';
export { apiParts } from './api-parts.js';
export { AttachPoint, attachOperationName, type AttachAnswer } from './attach-point.js';
export { connectionsOf } from './connections.js';
export { startEmbeddedHost, type EmbeddedHost, type HostedPorts, type OwnedParts } from './embedded-host.js';
export { checkPorts, startListening, type ListenerPlan, type ListenerRequest } from './listening.js';
export type { GovernanceLog } from './governance-log.js';
export { hostedNotifier, type NotifierParts } from './hosted-notifier.js';
export { observedEngine } from './observe-engines.js';
export {
  startGovernance,
  type Governance,
  type Governed,
  type GovernedParts,
  type GovernedSettings,
} from './start-governance.js';
export { startRemedies, type RemediedParts } from './start-remedies.js';
export { StopStack } from './stop-stack.js';
