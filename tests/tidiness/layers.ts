/** The layer table of docs/ARCHITECTURE.md: for each folder of `src`, the others it may import. */

/** What a folder of `src` (or a folder inside one) may import besides itself. */
export type Layers = Readonly<Record<string, readonly string[] | 'everything'>>;

/** A key with a slash is a part of its folder with rules of its own; the longest key that fits counts. */
export const layers: Layers = {
  kernel: [],
  // What is written in English, said in the reader's language.
  words: [],
  journal: ['kernel'],
  scheduling: ['kernel', 'words'],
  access: ['kernel'],
  control: ['kernel'],
  'broker/content': ['kernel'],
  'broker/routing': ['kernel', 'broker/content'],
  broker: ['kernel', 'broker/content', 'broker/routing', 'journal', 'scheduling'],
  'protocols/amqp/codec': ['kernel', 'broker/content'],
  'protocols/amqp': ['kernel', 'broker', 'broker/content', 'protocols/amqp/codec', 'access'],
  // Assembles each module's schema.
  config: [
    ...['kernel', 'journal', 'access', 'broker', 'protocols/amqp', 'monitor', 'monitor/zabbix', 'alerts'],
    'telemetry',
  ],
  definitions: ['kernel', 'broker', 'broker/content', 'access'],
  operations: [
    ...['kernel', 'words', 'journal', 'broker', 'broker/content', 'access', 'control', 'definitions'],
    ...['engines', 'monitor', 'alerts'],
  ],
  http: [
    ...['kernel', 'words', 'access', 'control', 'operations', 'definitions', 'engines', 'tasks'],
    ...['scheduling', 'monitor', 'monitor/zabbix', 'alerts'],
  ],
  hosting: [
    ...['kernel', 'broker', 'access', 'control', 'operations', 'protocols/amqp', 'http', 'config'],
    ...['engines', 'engines/embedded', 'engines/rabbitmq', 'tasks'],
    ...['monitor', 'monitor/zabbix', 'alerts', 'telemetry'],
  ],
  // The engine port; the adapters lie in their own folders.
  engines: ['kernel', 'words', 'scheduling'],
  'engines/embedded': ['kernel', 'engines', 'journal', 'broker', 'broker/content', 'access', 'control'],
  'engines/rabbitmq': ['kernel', 'engines'],
  'engines/attached': ['kernel', 'engines', 'engines/rabbitmq', 'control'],
  tasks: ['kernel', 'words', 'scheduling', 'engines'],
  monitor: ['kernel', 'words', 'engines'],
  telemetry: ['kernel', 'engines', 'tasks', 'monitor'],
  'monitor/zabbix': ['kernel', 'monitor'],
  alerts: ['kernel', 'words', 'engines', 'monitor', 'monitor/zabbix'],
  // Other systems' jobs, brought once: their packages are loaded by name, and never imported.
  migration: ['kernel', 'engines', 'tasks'],
  testing: 'everything',
  // A root that a folder may import, as the CLI opens engines as programs do.
  'open.ts': 'everything',
  // A server and programs on it, shown by the CLI.
  demo: ['kernel', 'control', 'operations', 'scheduling', 'tasks', 'alerts', 'open.ts'],
  cli: [
    ...['kernel', 'journal', 'scheduling', 'config', 'control', 'definitions', 'operations', 'server'],
    ...['engines', 'tasks', 'migration', 'monitor', 'monitor/zabbix', 'alerts', 'demo', 'open.ts'],
  ],
  server: 'everything',
};

/** Where programs start: everything in `src` must be reachable from one of these. */
export const entryPoints: readonly string[] = [
  ...['src/index.ts', 'src/cli/main.ts', 'src/testing/index.ts'],
  // No server starts it yet.
  'src/alerts/index.ts',
];

/** Files over the size limit, each with the hard reason. */
export const largeFiles: Readonly<Record<string, string>> = {};
