/**
 * The settings that have a flag and an environment variable, in one table: the command line, the environment
 * and the documentation are all made from it. It imports nothing, so that showing help stays quick.
 */

/** One flag of `sluice up` and the setting it stands for. */
export interface SettingFlag {
  /** Without dashes. The variable is `SLUICE_` and the same in capitals. */
  readonly flag: string;
  /** What the value is called in the help. */
  readonly value: string;
  /** Where the setting stands in the configuration. */
  readonly path: readonly string[];
  readonly summary: string;
}

/** Every flag of `sluice up` that sets something. */
export const settingFlags: readonly SettingFlag[] = [
  {
    flag: 'data',
    value: 'DIR',
    path: ['data'],
    summary: 'the data directory (./data)',
  },
  {
    flag: 'host',
    value: 'HOST',
    path: ['host'],
    summary: 'addresses to listen on, separated by commas (localhost)',
  },
  {
    flag: 'amqp',
    value: 'PORT',
    path: ['amqp', 'port'],
    summary: 'AMQP 0-9-1: a port, 0 for any free one, or off (5672)',
  },
  {
    flag: 'amqps',
    value: 'PORT',
    path: ['amqp', 'tlsPort'],
    summary: 'AMQP 0-9-1 over TLS, when a certificate is given (5671)',
  },
  {
    flag: 'http',
    value: 'PORT',
    path: ['http', 'port'],
    summary: 'HTTP (15672)',
  },
  {
    flag: 'https',
    value: 'PORT',
    path: ['http', 'tlsPort'],
    summary: 'HTTP over TLS, when a certificate is given (15671)',
  },
  {
    flag: 'tls-certificate',
    value: 'FILE',
    path: ['tls', 'certificateFile'],
    summary: 'PEM file with the certificate and its chain',
  },
  {
    flag: 'tls-key',
    value: 'FILE',
    path: ['tls', 'keyFile'],
    summary: 'PEM file with the private key',
  },
  {
    flag: 'tls-authority',
    value: 'FILE',
    path: ['tls', 'clientAuthorityFile'],
    summary: 'PEM file with the authorities of client certificates',
  },
  {
    flag: 'tls-client-certificates',
    value: 'WHICH',
    path: ['tls', 'clientCertificates'],
    summary: 'none, optional or required (none)',
  },
  {
    flag: 'transient',
    value: 'WHAT',
    path: ['queues', 'transient'],
    summary: 'keep or drop non-durable queues over a restart (keep)',
  },
  {
    flag: 'eta',
    value: 'WHAT',
    path: ['queues', 'eta'],
    summary: "hold or deliver Celery's tasks before their ETA (hold)",
  },
  {
    flag: 'memory-limit',
    value: 'SIZE',
    path: ['limits', 'memory'],
    summary: 'memory above which publishers are blocked (40%)',
  },
  {
    flag: 'disk-free-limit',
    value: 'SIZE',
    path: ['limits', 'diskFree'],
    summary: 'free disk space below which publishers are blocked (256MiB)',
  },
  {
    flag: 'message-size-limit',
    value: 'SIZE',
    path: ['limits', 'messageSize'],
    summary: 'largest message body (16MiB)',
  },
  {
    flag: 'consumer-timeout',
    value: 'TIME',
    path: ['limits', 'consumerTimeout'],
    summary: 'longest wait for an acknowledgement, 0 for none (30m)',
  },
  {
    flag: 'admin-user',
    value: 'NAME',
    path: ['administrator', 'name'],
    summary: 'name of the first user (admin)',
  },
  {
    flag: 'admin-password-file',
    value: 'FILE',
    path: ['administrator', 'passwordFile'],
    summary: 'creates the first user with the password in this file',
  },
  {
    flag: 'log-level',
    value: 'LEVEL',
    path: ['log', 'level'],
    summary: 'debug, info, warn or error (info)',
  },
  {
    flag: 'log-format',
    value: 'FORMAT',
    path: ['log', 'format'],
    summary: 'auto, text or json (auto)',
  },
];

/** The environment variable of a flag. */
export function variableOf(flag: string): string {
  return `SLUICE_${flag.replaceAll('-', '_').toUpperCase()}`;
}

/** Flags of issues to come, refused with a reason rather than as unknown. */
export const futureFlags: readonly { readonly flag: string; readonly reason: string }[] = [
  { flag: 'mqtt', reason: 'MQTT is not part of this release yet' },
  { flag: 'stomp', reason: 'STOMP is not part of this release yet' },
];
