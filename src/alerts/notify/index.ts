/** Notification: routes, receivers, and the outbox between them. */
export { openNotifier, type NotifierOptions } from './open-notifier.js';
export type { Notifier, NotifierListener, NotifyLog, RouteTest } from './notifier.js';
export { ReceiverSource } from './receiver-source.js';
export type { FinalOutcome, ReceiverState } from './receiver-state.js';
export {
  checkRoutes,
  notifySettings,
  notifyShape,
  type NotifySettings,
  type ReceiverSettings,
  type RouteSettings,
} from './settings.js';
