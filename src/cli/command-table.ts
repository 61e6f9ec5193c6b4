/**
 * Every command of the program, with the file that defines it. Only the file of the command that was typed is
 * loaded; help loads them all.
 */
import type { CommandModule } from './shell.js';

/** One line of the table. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
}

/** In the order of the help. */
export const commandTable: readonly CommandEntry[] = [
  { name: 'up', summary: 'start a server', load: () => import('./commands/up.js') },
  {
    name: 'demo',
    summary: 'show what Sluice promises, on a server of its own',
    load: () => import('./commands/demo.js'),
  },
  { name: 'status', summary: 'show how the server is', load: () => import('./commands/status.js') },
  { name: 'stop', summary: 'drain and stop the server', load: () => import('./commands/stop.js') },
  {
    name: 'reload',
    summary: 'read configuration and certificates again',
    load: () => import('./commands/reload.js'),
  },
  {
    name: 'figures',
    summary: 'show everything that is measured, as it is now',
    load: () => import('./commands/figures.js'),
  },
  {
    name: 'history',
    summary: 'show how figures went',
    load: () => import('./commands/history.js'),
  },
  {
    name: 'queue',
    summary: 'list, show, declare, peek, purge and delete queues',
    load: () => import('./commands/queue.js'),
  },
  {
    name: 'engine',
    summary: 'list and show engines, work on their queues',
    load: () => import('./commands/engine.js'),
  },
  {
    name: 'dead',
    summary: 'group, show and redrive dead letters',
    load: () => import('./commands/dead.js'),
  },
  {
    name: 'exchange',
    summary: 'list, declare and delete exchanges',
    load: () => import('./commands/exchange.js'),
  },
  {
    name: 'binding',
    summary: 'list, declare and delete bindings',
    load: () => import('./commands/binding.js'),
  },
  {
    name: 'policy',
    summary: 'list, set, clear and show policies for queues and exchanges',
    load: () => import('./commands/policy.js'),
  },
  {
    name: 'operator-policy',
    summary: 'list, set and clear limits beside every policy',
    load: () => import('./commands/operator-policy.js'),
  },
  {
    name: 'vhost',
    summary: 'list, show, add, limit and delete virtual hosts',
    load: () => import('./commands/vhost.js'),
  },
  { name: 'publish', summary: 'publish a message', load: () => import('./commands/publish.js') },
  {
    name: 'consume',
    summary: 'print and acknowledge messages',
    load: () => import('./commands/consume.js'),
  },
  {
    name: 'trace',
    summary: 'tell the whole life of one message',
    load: () => import('./commands/trace.js'),
  },
  { name: 'user', summary: 'list, add, change and delete users', load: () => import('./commands/user.js') },
  {
    name: 'permissions',
    summary: 'list, set, clear and check what users may do',
    load: () => import('./commands/permissions.js'),
  },
  {
    name: 'topic-permissions',
    summary: 'list, set and clear rights over routing keys',
    load: () => import('./commands/topic-permissions.js'),
  },
  {
    name: 'connection',
    summary: 'list and close client connections',
    load: () => import('./commands/connection.js'),
  },
  {
    name: 'session',
    summary: 'list and end the sessions of browsers',
    load: () => import('./commands/session.js'),
  },
  {
    name: 'definitions',
    summary: "import and export RabbitMQ's definitions JSON",
    load: () => import('./commands/definitions.js'),
  },
  {
    name: 'alert',
    summary: 'list alerts, rules and receivers, replay a rule',
    load: () => import('./commands/alert.js'),
  },
  {
    name: 'remedy',
    summary: 'preview, apply, approve and undo remedies',
    load: () => import('./commands/remedy.js'),
  },
  {
    name: 'incident',
    summary: 'list, show, acknowledge and comment on incidents',
    load: () => import('./commands/incident.js'),
  },
  {
    name: 'silence',
    summary: 'tell nobody of some alerts for a time',
    load: () => import('./commands/silence.js'),
  },
  {
    name: 'report',
    summary: 'sum up incidents, risks and use for the next on call',
    load: () => import('./commands/report.js'),
  },
  {
    name: 'availability',
    summary: 'tell how available engines were',
    load: () => import('./commands/availability.js'),
  },
  { name: 'audit', summary: 'check and read the audit log', load: () => import('./commands/audit.js') },
  {
    name: 'journal',
    summary: "show the journal's figures, compact it",
    load: () => import('./commands/journal.js'),
  },
  {
    name: 'inspect',
    summary: 'describe the journal of a stopped server',
    load: () => import('./commands/inspect.js'),
  },
  {
    name: 'repair',
    summary: 'set damaged parts of the journal aside',
    load: () => import('./commands/repair.js'),
  },
  {
    name: 'task',
    summary: 'list, show, explain, enqueue, cancel and retry tasks',
    load: () => import('./commands/task.js'),
  },
  {
    name: 'record',
    summary: 'get, list, put, delete and watch key-value records',
    load: () => import('./commands/record.js'),
  },
  {
    name: 'analyze',
    summary: 'tell whether tasks can meet their deadlines',
    load: () => import('./commands/analyze.js'),
  },
  {
    name: 'migrate',
    summary: "bring another system's jobs (BullMQ)",
    load: () => import('./commands/migrate.js'),
  },
  {
    name: 'export',
    summary: 'write what Prometheus, Grafana and Zabbix need to watch it',
    load: () => import('./commands/export.js'),
  },
  { name: 'version', summary: 'print the version', load: () => import('./commands/version.js') },
];
