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
  { name: 'status', summary: 'show how the server is', load: () => import('./commands/status.js') },
  { name: 'stop', summary: 'drain and stop the server', load: () => import('./commands/stop.js') },
  {
    name: 'reload',
    summary: 'read configuration and certificates again',
    load: () => import('./commands/reload.js'),
  },
  {
    name: 'queue',
    summary: 'list, show, declare, peek, purge and delete queues',
    load: () => import('./commands/queue.js'),
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
  { name: 'vhost', summary: 'list, add and delete virtual hosts', load: () => import('./commands/vhost.js') },
  { name: 'publish', summary: 'publish a message', load: () => import('./commands/publish.js') },
  {
    name: 'consume',
    summary: 'print and acknowledge messages',
    load: () => import('./commands/consume.js'),
  },
  { name: 'user', summary: 'list, add, change and delete users', load: () => import('./commands/user.js') },
  {
    name: 'permissions',
    summary: 'list, set and clear what users may do',
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
    name: 'definitions',
    summary: "import and export RabbitMQ's definitions JSON",
    load: () => import('./commands/definitions.js'),
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
  { name: 'version', summary: 'print the version', load: () => import('./commands/version.js') },
];
