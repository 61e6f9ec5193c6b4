/** Every operation by its name: the one list that the control socket serves and the command line is typed by. */
import { bindOperation, type BoundOperations, type Operation } from '../control/index.js';
import * as access from './access-operations.js';
import { definitionsExport, definitionsImport } from './definitions-operations.js';
import { consume, publish } from './message-operations.js';
import * as control from './queue-control-operations.js';
import * as queue from './queue-operations.js';
import * as server from './server-operations.js';
import type { ServerControl, Services } from './services.js';
import * as topology from './topology-operations.js';

/** The operations. Names are stable: programs call them. */
export const operations = {
  status: server.status,
  stop: server.stop,
  reload: server.reload,
  'connection.list': server.connectionList,
  'connection.close': server.connectionClose,
  'queue.list': queue.queueList,
  'queue.show': queue.queueShow,
  'queue.declare': queue.queueDeclare,
  'queue.delete': queue.queueDelete,
  'queue.purge': queue.queuePurge,
  'queue.peek': queue.queuePeek,
  'queue.why': queue.queueWhy,
  'queue.delayed.list': queue.queueDelayedList,
  'queue.delayed.cancel': queue.queueDelayedCancel,
  'queue.pause': control.queuePause,
  'queue.resume': control.queueResume,
  'queue.release': control.queueRelease,
  'queue.find': control.queueFind,
  'queue.remove': control.queueRemove,
  'queue.dead-letter': control.queueDeadLetter,
  'queue.keys': control.queueKeys,
  'exchange.list': topology.exchangeList,
  'exchange.declare': topology.exchangeDeclare,
  'exchange.delete': topology.exchangeDelete,
  'binding.list': topology.bindingList,
  'binding.declare': topology.bindingDeclare,
  'binding.delete': topology.bindingDelete,
  'vhost.list': topology.vhostList,
  'vhost.add': topology.vhostAdd,
  'vhost.delete': topology.vhostDelete,
  publish,
  consume,
  'user.list': access.userList,
  'user.add': access.userAdd,
  'user.passwd': access.userPasswd,
  'user.delete': access.userDelete,
  'user.tags': access.userTag,
  'permissions.list': access.permissionsList,
  'permissions.set': access.permissionsSet,
  'permissions.clear': access.permissionsClear,
  'topic-permissions.list': access.topicPermissionsList,
  'topic-permissions.set': access.topicPermissionsSet,
  'topic-permissions.clear': access.topicPermissionsClear,
  'journal.stats': server.journalStats,
  'journal.compact': server.journalCompact,
  'audit.verify': access.auditVerify,
  'definitions.import': definitionsImport,
  'definitions.export': definitionsExport,
} as const satisfies Record<string, Operation<Services, unknown, unknown, unknown, unknown>>;

type Operations = typeof operations;

export type OperationName = keyof Operations;

type PartsOf<Name extends OperationName> =
  Operations[Name] extends Operation<Services, infer Input, infer Result, infer Event, infer Message>
    ? { input: Input; result: Result; event: Event; message: Message }
    : never;

/** What an operation takes. */
export type OperationInput<Name extends OperationName> = PartsOf<Name>['input'];
/** What it gives at the end. */
export type OperationResult<Name extends OperationName> = PartsOf<Name>['result'];
/** What it sends before that. */
export type OperationEvent<Name extends OperationName> = PartsOf<Name>['event'];
/** What it takes as a stream. */
export type OperationMessage<Name extends OperationName> = PartsOf<Name>['message'];

/** Every operation over `services`, for a transport. */
export function bindOperations(services: Services): BoundOperations {
  return new Map(
    Object.entries<Operation<Services, unknown, unknown, unknown, unknown>>(operations).map(
      ([name, operation]) => [name, bindOperation(operation, services)],
    ),
  );
}

/** What can be asked before the server is ready, and while it stops. */
export function bindEarlyOperations(control: ServerControl): BoundOperations {
  const services = { server: control };
  return new Map([
    ['status', bindOperation(server.status, services)],
    ['stop', bindOperation(server.stop, services)],
  ]);
}
