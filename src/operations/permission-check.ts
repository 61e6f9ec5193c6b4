/** What a user may do with one queue or exchange, asked of the one decision function; nothing is recorded of it. */
import { z } from 'zod';
import type { AccessRequest, ResourceRight } from '../access/index.js';
import { SluiceError } from '../kernel/index.js';
import { givenName, shortText, vhostName } from './inputs.js';
import type { ServerOperation } from './services.js';

const question = z.strictObject({
  user: givenName,
  vhost: vhostName,
  kind: z.enum(['queue', 'exchange']),
  /** Empty: the default exchange. */
  name: shortText,
  /** Of an exchange: rights over this routing key too. */
  routingKey: shortText.optional(),
});

/** What a user may do. */
export interface PermissionCheck {
  readonly user: string;
  /** Whether the user may enter the virtual host; else nothing below is allowed. */
  readonly enters: boolean;
  readonly configure: boolean;
  readonly write: boolean;
  readonly read: boolean;
  /** Whether a routing key may be published with, and bound by; left out where none was asked about. */
  readonly topicWrite?: boolean;
  readonly topicRead?: boolean;
}

/** Rejects with `not-found` where there is no such user. */
export const permissionsCheck: ServerOperation<z.infer<typeof question>, PermissionCheck> = {
  input: question,
  run({ access }, { user, vhost, kind, name, routingKey }) {
    const allows = (request: AccessRequest): boolean => access.allowsUser(user, request) === true;
    const may = (action: ResourceRight): boolean => allows({ action, kind, vhost, name });
    const topic = (action: 'topic-write' | 'topic-read', key: string): boolean =>
      allows({ action, vhost, exchange: name, routingKey: key });
    if (access.allowsUser(user, { action: 'vhost-access', vhost }) === undefined)
      return Promise.reject(new SluiceError('not-found', 'there is no such user'));
    return Promise.resolve({
      ...{ user, enters: allows({ action: 'vhost-access', vhost }) },
      ...{ configure: may('configure'), write: may('write'), read: may('read') },
      ...(routingKey === undefined || kind === 'queue'
        ? {}
        : { topicWrite: topic('topic-write', routingKey), topicRead: topic('topic-read', routingKey) }),
    });
  },
};
