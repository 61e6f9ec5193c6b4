/**
 * The whole configuration as one schema, assembled from the modules that own the parts. Unknown keys are
 * errors; every default is here or in the module's own schema, and nowhere else.
 */
import { z } from 'zod';
import { accessSettings, tlsSettings } from '../access/index.js';
import { telemetrySettings } from '../telemetry/index.js';
import { amqpSettings } from '../protocols/amqp/index.js';
import { bytesSetting, durationSetting, memorySetting } from './amount-settings.js';
import { governanceShape } from './governance-schema.js';
import { sessionSettings } from './session-schema.js';

/** A port: a number, 0 for any free one, or `off` for no listener. */
const port = z.unknown().transform((value, context): number | 'off' => {
  // YAML 1.1 habits: an unquoted `off` may come as false.
  if (value === 'off' || value === false) return 'off';
  const number = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= 65_535) {
    return number;
  }
  context.addIssue({ code: 'custom', message: 'must be a port from 0 (any free one) to 65535, or off' });
  return z.NEVER;
});

const hosts = z.unknown().transform((value, context): readonly string[] => {
  const list: unknown = typeof value === 'string' ? value.split(',').map((host) => host.trim()) : value;
  const named = z.array(z.string().min(1).max(255)).min(1).max(16).safeParse(list);
  if (named.success) return named.data;
  context.addIssue({
    code: 'custom',
    message: 'must be an address or a list of them, such as 127.0.0.1 or 0.0.0.0',
  });
  return z.NEVER;
});

const path = z.string().min(1).max(4_096);

/** Ports of a protocol. With TLS, `tlsPort` listens too when the `tls` section is there. */
const ports = (plain: number, encrypted: number) => ({
  port: port.prefault(plain),
  tlsPort: port.prefault(encrypted),
});

const limits = z.strictObject({
  /** Resident memory above which publishers are blocked. */
  memory: memorySetting.prefault('40%'),
  /** Free disk space below which publishers are blocked. */
  diskFree: bytesSetting.prefault('256MiB'),
  /** The largest message body accepted. */
  messageSize: bytesSetting.prefault('16MiB'),
  /** How long a delivery may stay unacknowledged before its channel is closed; 0: for ever. */
  consumerTimeout: durationSetting.prefault('30m'),
  /** Key-value records that a virtual host holds; beyond them those go that expire first. */
  records: z.int().min(1).max(100_000_000).default(1_000_000),
});

/** The configuration file's schema. Paths in it are relative to the file. */
export const settingsSchema = z.strictObject({
  /** The data directory. */
  data: path.default('./data'),
  /** Addresses to listen on. `localhost`: 127.0.0.1 and, where there is one, ::1. */
  host: hosts.prefault('localhost'),
  amqp: amqpSettings.omit({ messageBytesMax: true }).extend(ports(5672, 5671)).prefault({}),
  http: z
    .strictObject({
      ...ports(15_672, 15_671),
      /** Names, besides `localhost` and addresses, by which a proxy on this machine asks. */
      names: z.array(z.string().min(1).max(255).toLowerCase()).max(64).default([]),
      /** Who reads `/metrics` without signing in. */
      openMetrics: z.enum(['loopback', 'everyone', 'nobody']).default('loopback'),
      session: sessionSettings.prefault({}),
    })
    .prefault({}),
  /** Certificates, for every TLS listener. */
  tls: tlsSettings.optional(),
  queues: z
    .strictObject({
      /** Whether a queue declared non-durable, but neither exclusive nor auto-delete, outlives a restart. */
      transient: z.enum(['keep', 'drop']).default('keep'),
      /** Whether Celery's tasks wait for their ETA in the queue, or unacknowledged at their worker. */
      eta: z.enum(['hold', 'deliver']).default('hold'),
    })
    .prefault({}),
  limits: limits.prefault({}),
  journal: z
    .strictObject({
      /** Bytes of journal between two snapshots of the state. */
      snapshotEvery: bytesSetting.prefault('256MiB'),
    })
    .prefault({}),
  /** Made in place of `guest` at the first start, with every right. */
  administrator: z
    .strictObject({ name: z.string().min(1).max(255).default('admin'), passwordFile: path })
    .optional(),
  log: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
      /** `auto`: readable on a terminal, JSON lines elsewhere. */
      format: z.enum(['auto', 'text', 'json']).default('auto'),
    })
    .prefault({}),
  telemetry: telemetrySettings(durationSetting.prefault('10s')).prefault({}),
  access: accessSettings.prefault({}),
  ...governanceShape,
});

/** The configuration after parsing: every default filled in, sizes in bytes, durations in milliseconds. */
export type Settings = z.infer<typeof settingsSchema>;

/** A port setting after parsing. */
export type PortSetting = number | 'off';
