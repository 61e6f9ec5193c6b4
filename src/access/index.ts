/** Access control: identities, permissions, the one decision function, TLS material and the audit log. */
export type { Access, OpenAccessOptions } from './access.js';
export {
  auditEvents,
  type Audit,
  type AuditEntry,
  type AuditEvent,
  type AuditLine,
  type AuditPage,
  type AuditQuery,
  type AuditVerdict,
} from './audit-types.js';
export { openAccess } from './opened-access.js';
export { accessSettings, type AccessSettings } from './settings.js';
export { isLoopback } from './peer-address.js';
export { nameFromCertificate } from './certificate-name.js';
export { openTlsMaterial, type TlsCertificate, type TlsMaterial, type TlsReload } from './tls-material.js';
export { tlsSettings, type TlsSettings } from './tls-settings.js';
export {
  userTags,
  type AccessChange,
  type AccessRequest,
  type Actor,
  type CertificateSignIn,
  type Decision,
  type Identity,
  type ImportOutcome,
  type LocalSignIn,
  type PasswordSignIn,
  type Permission,
  type ResourceRequest,
  type ResourceRight,
  type ServerRequest,
  type SignIn,
  type SignInOutcome,
  type SignInRefusal,
  type TopicPermission,
  type TopicRequest,
  type UserDefinition,
  type UserSummary,
  type UserTag,
  type VirtualHostRequest,
} from './types.js';
