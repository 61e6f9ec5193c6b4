/** Every operation by its name: the one list that the control socket serves and the command line is typed by. */
import { bindOperation, type BoundOperations, type Operation } from '../control/index.js';
import * as access from './access-operations.js';
import * as engineAct from './engine-acts.js';
import * as engine from './engine-operations.js';
import * as enginePublish from './engine-publish.js';
import { engineQueueSearch } from './engine-search.js';
import * as engineTopology from './engine-topology-operations.js';
import * as deadLetter from './dead-letter-operations.js';
import * as figure from './figure-operations.js';
import * as alert from './alert-operations.js';
import { availabilityShow } from './availability-operation.js';
import { definitionsExport, definitionsImport } from './definitions-operations.js';
import { queueMove } from './message-move.js';
import { consume, publish } from './message-operations.js';
import { queueMessage, queueSearch } from './message-search.js';
import { engineQueueForecast, queueForecast } from './forecast-operation.js';
import { queueGet } from './get-operation.js';
import * as control from './queue-control-operations.js';
import * as notification from './notification-operations.js';
import * as policy from './policy-operations.js';
import { permissionsCheck } from './permission-check.js';
import { reportMake } from './report-operation.js';
import * as queue from './queue-operations.js';
import * as redrive from './redrive-operations.js';
import * as remedy from './remedy-operations.js';
import * as server from './server-operations.js';
import { sessionEnd, sessionList } from './session-operations.js';
import type { ServerControl, Services } from './services.js';
import * as task from './task-operations.js';
import { messageTrace } from './trace-operation.js';
import { vhostShow } from './vhost-operation.js';
import * as topology from './topology-operations.js';

/** The operations. Names are stable: programs call them. */
export const operations = {
  status: server.status,
  stop: server.stop,
  reload: server.reload,
  'connection.list': server.connectionList,
  'connection.details': server.connectionDetails,
  'consumer.list': server.consumerList,
  'connection.close': server.connectionClose,
  'session.list': sessionList,
  'session.end': sessionEnd,
  'queue.list': queue.queueList,
  'queue.show': queue.queueShow,
  'queue.forecast': queueForecast,
  'queue.declare': queue.queueDeclare,
  'queue.delete': queue.queueDelete,
  'queue.purge': queue.queuePurge,
  'queue.peek': queue.queuePeek,
  'queue.search': queueSearch,
  'queue.message': queueMessage,
  'queue.move': queueMove,
  'queue.get': queueGet,
  'queue.why': queue.queueWhy,
  'queue.delayed.list': queue.queueDelayedList,
  'queue.delayed.cancel': queue.queueDelayedCancel,
  'queue.pause': control.queuePause,
  'queue.resume': control.queueResume,
  'queue.release': control.queueRelease,
  'queue.find': control.queueFind,
  'queue.remove': control.queueRemove,
  'queue.dead-letter': control.queueDeadLetter,
  'dead-letter.list': deadLetter.deadLetterList,
  'dead-letter.groups': deadLetter.deadLetterGroups,
  'dead-letter.messages': deadLetter.deadLetterMessages,
  'redrive.plan': redrive.redrivePlan,
  'redrive.start': redrive.redriveStart,
  'redrive.list': redrive.redriveList,
  'redrive.show': redrive.redriveShow,
  'redrive.cancel': redrive.redriveCancel,
  'task.cancel': task.taskCancel,
  'task.retry': task.taskRetry,
  'task.unschedule': task.taskUnschedule,
  'queue.keys': control.queueKeys,
  'exchange.list': topology.exchangeList,
  'exchange.show': topology.exchangeShow,
  'exchange.declare': topology.exchangeDeclare,
  'exchange.delete': topology.exchangeDelete,
  'exchange.route': topology.exchangeRoute,
  'binding.list': topology.bindingList,
  'binding.declare': topology.bindingDeclare,
  'binding.delete': topology.bindingDelete,
  'policy.list': policy.policyList,
  'policy.set': policy.policySet,
  'policy.clear': policy.policyClear,
  'policy.effect': policy.policyEffect,
  'operator-policy.list': policy.operatorPolicyList,
  'operator-policy.set': policy.operatorPolicySet,
  'operator-policy.clear': policy.operatorPolicyClear,
  'vhost.list': topology.vhostList,
  'vhost.add': topology.vhostAdd,
  'vhost.show': vhostShow,
  'vhost.set': topology.vhostSet,
  'vhost.delete': topology.vhostDelete,
  publish,
  'message.trace': messageTrace,
  consume,
  'user.list': access.userList,
  'user.add': access.userAdd,
  'user.import': access.userImport,
  'user.passwd': access.userPasswd,
  'user.own-password': access.passwordChange,
  'user.delete': access.userDelete,
  'user.tags': access.userTag,
  'permissions.list': access.permissionsList,
  'permissions.check': permissionsCheck,
  'permissions.set': access.permissionsSet,
  'permissions.clear': access.permissionsClear,
  'topic-permissions.list': access.topicPermissionsList,
  'topic-permissions.set': access.topicPermissionsSet,
  'topic-permissions.clear': access.topicPermissionsClear,
  'receiver.list': notification.receiverList,
  'alert.routes': notification.alertRoutes,
  'alert.test-route': notification.alertTestRoute,
  'remedy.list': remedy.remedyList,
  'remedy.runs': remedy.remedyRuns,
  'remedy.show': remedy.remedyShow,
  'remedy.preview': remedy.remedyPreview,
  'remedy.apply': remedy.remedyApply,
  'remedy.ask': remedy.remedyAsk,
  'remedy.approve': remedy.remedyApprove,
  'remedy.reject': remedy.remedyReject,
  'remedy.undo': remedy.remedyUndo,
  'remedy.automation': remedy.remedyAutomation,
  'remedy.switch': remedy.remedySwitch,
  'figure.list': figure.figureList,
  'series.read': figure.seriesRead,
  'metric.list': figure.metricList,
  'monitor.show': figure.monitorShow,
  'alert.list': alert.alertList,
  'alert.rules': alert.alertRules,
  'alert.rule.put': alert.alertRulePut,
  'alert.rule.delete': alert.alertRuleDelete,
  'alert.rule.test': alert.alertRuleTest,
  'alert.backtest': alert.alertBacktest,
  'incident.list': alert.incidentList,
  'incident.show': alert.incidentShow,
  'incident.acknowledge': alert.incidentAcknowledge,
  'incident.comment': alert.incidentComment,
  'silence.list': alert.silenceList,
  'silence.add': alert.silenceAdd,
  'silence.end': alert.silenceEnd,
  report: reportMake,
  'engine.list': engine.engineList,
  'engine.show': engine.engineShow,
  'engine.queue.list': engine.engineQueueList,
  'engine.queue.show': engine.engineQueueShow,
  'engine.queue.peek': engineAct.engineQueuePeek,
  'engine.queue.publish': enginePublish.engineQueuePublish,
  'engine.queue.purge': engineAct.engineQueuePurge,
  'engine.queue.move': engineAct.engineQueueMove,
  'engine.queue.pause': engineAct.engineQueuePause,
  'engine.queue.resume': engineAct.engineQueueResume,
  'engine.queue.search': engineQueueSearch,
  'engine.queue.forecast': engineQueueForecast,
  'engine.exchange.list': engineTopology.engineExchangeList,
  'engine.exchange.show': engineTopology.engineExchangeShow,
  'engine.exchange.publish': enginePublish.engineExchangePublish,
  'engine.binding.list': engineTopology.engineBindingList,
  'engine.policy.list': engineTopology.enginePolicyList,
  'engine.operator-policy.list': engineTopology.engineOperatorPolicyList,
  'engine.policy.effect': engineTopology.enginePolicyEffect,
  availability: availabilityShow,
  'journal.stats': server.journalStats,
  'journal.compact': server.journalCompact,
  'audit.list': access.auditList,
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
