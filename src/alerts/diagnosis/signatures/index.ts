/** All fault signatures, as data. */
import type { Signature } from '../signature.js';
import { backlogSignatures } from './backlog.js';
import { consumerSignatures } from './consumers.js';
import { copySignatures } from './copies.js';
import { machineSignatures } from './machine.js';
import { messageSignatures } from './messages.js';
import { offsetSignatures } from './offsets.js';

export const signatures: readonly Signature[] = [
  ...backlogSignatures,
  ...consumerSignatures,
  ...messageSignatures,
  ...machineSignatures,
  ...offsetSignatures,
  ...copySignatures,
];
