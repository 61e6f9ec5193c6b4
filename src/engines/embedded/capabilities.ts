/** What the embedded engine can do. */
import { native, none, type Capabilities } from '../index.js';

/** Why parts are not there. */
export const absences = {
  extend: 'a delivery is held until it is settled; there is no lease to extend',
  access: 'a program that opens a directory may do everything; users belong to servers',
  replicas: 'one directory on one machine has no replicas',
  rewind: 'no history is kept to go back to yet',
  replay: 'acknowledged messages are gone',
} as const;

export const embeddedCapabilities: Capabilities = {
  send: native,
  receive: native,
  completion: native,
  retry: native,
  deadLetter: native,
  extend: none(absences.extend),
  records: native,
  topology: native,
  pause: native,
  observe: native,
  access: none(absences.access),
  replicas: none(absences.replicas),
  rewind: none(absences.rewind),
  priority: native,
  deadline: native,
  delay: native,
  after: native,
  keyedOrder: native,
  tenants: native,
  limits: native,
  messageIndex: native,
  peek: native,
  messages: native,
  replay: none(absences.replay),
};
