/** The `zabbix` section of the configuration. There is no setting that leaves a server unverified where a key is set. */
import { z } from 'zod';
import type { AmountSchemas } from '../index.js';
import { parseServerAddress, type ServerAddress } from './sender/server-address.js';

const address = z.unknown().transform((value, context): ServerAddress => {
  const parsed = typeof value === 'string' ? parseServerAddress(value) : undefined;
  if (parsed !== undefined) return parsed;
  context.addIssue({
    code: 'custom',
    message: 'must be a host, with or without a port: zabbix.example.com:10051',
  });
  return z.NEVER;
});

const everyMsMin = 1_000;
const dayMs = 86_400_000;

/** The section's schema. */
export function zabbixSettings({ bytes, duration }: AmountSchemas) {
  return z.strictObject({
    /** Where the Zabbix server or proxy takes values. */
    server: address,
    /** The name of the host in Zabbix that has the template. */
    host: z.string().min(1).max(128),
    /** A key shared with the server; without one nothing is encrypted. */
    psk: z
      .strictObject({
        identity: z.string().min(1).max(128),
        /** A file with the key in hexadecimal digits, as Zabbix writes it; its owner alone reads it. */
        file: z.string().min(1).max(4_096),
      })
      .optional(),
    /** How often values are sent. */
    every: duration.refine((ms) => ms >= everyMsMin && ms <= dayMs, 'must be from 1s to 24h').prefault('10s'),
    /** How long the server may take to answer. */
    timeout: duration.refine((ms) => ms >= 100 && ms <= 60_000, 'must be from 100ms to 60s').prefault('5s'),
    /** Bytes of values that are kept while the server cannot be reached; the oldest go first. */
    buffer: bytes.prefault('16MiB'),
  });
}

export type ZabbixSettings = z.infer<ReturnType<typeof zabbixSettings>>;
