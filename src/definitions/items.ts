/**
 * The items of a definitions document as RabbitMQ writes them, over all its releases: keys that only newer or
 * older ones have are optional, and keys that mean nothing here are let through.
 */
import { z } from 'zod';

const textBytesMax = 255;
const name = z
  .string()
  .refine((text) => Buffer.byteLength(text) <= textBytesMax, `is longer than ${textBytesMax} bytes`);
const givenName = name.min(1, 'is empty');
const table = z.record(z.string(), z.unknown());
/** An empty Erlang map or list may be written as either. */
const looseTable = z.union([table, z.array(z.never()).transform(() => ({}))]);
/** Left out in the document of a single virtual host. */
const vhost = givenName.optional();

export const vhostItem = z.looseObject({ name: givenName, limits: z.unknown().optional() });

export const userItem = z.looseObject({
  name: givenName,
  password_hash: z.string().optional(),
  hashing_algorithm: z.string().optional(),
  /** In the clear; RabbitMQ takes it, and so do we. */
  password: z.string().optional(),
  /** A hash that RabbitMQ does not know, as Sluice exports it. */
  sluice_password_hash: z.string().optional(),
  /** A list since 3.9, before that a string with commas. */
  tags: z.union([z.array(z.string()), z.string()]).default([]),
  limits: z.unknown().optional(),
});

export const permissionItem = z.looseObject({
  user: givenName,
  vhost,
  configure: z.string(),
  write: z.string(),
  read: z.string(),
});

export const topicPermissionItem = z.looseObject({
  user: givenName,
  vhost,
  exchange: name,
  write: z.string(),
  read: z.string(),
});

export const exchangeItem = z.looseObject({
  name: givenName,
  vhost,
  type: givenName,
  durable: z.boolean().default(true),
  auto_delete: z.boolean().default(false),
  internal: z.boolean().default(false),
  arguments: looseTable.default({}),
});

export const queueItem = z.looseObject({
  name: givenName,
  vhost,
  durable: z.boolean().default(true),
  auto_delete: z.boolean().default(false),
  arguments: looseTable.default({}),
});

export const bindingItem = z.looseObject({
  source: givenName,
  vhost,
  destination: givenName,
  destination_type: z.enum(['queue', 'exchange']),
  routing_key: name.default(''),
  arguments: looseTable.default({}),
});

/** Of an operator policy `rabbitmqctl` writes pairs. */
const definition = z.union([
  z.record(z.string(), z.json()),
  z.array(z.tuple([z.string(), z.json()])).transform((pairs) => Object.fromEntries(pairs)),
]);

/** What a policy says beside its name; an operator policy is a parameter with this as its value. */
const policyValue = z.looseObject({
  pattern: z.string(),
  'apply-to': z.string().default('all'),
  priority: z.number().default(0),
  definition,
});

export const policyItem = policyValue.extend({ name: givenName, vhost });

/** The component of parameters that are operator policies. */
export const operatorPolicyComponent = 'operator_policy';

export const operatorPolicyItem = z.looseObject({
  name: givenName,
  vhost,
  component: z.literal(operatorPolicyComponent),
  value: policyValue,
});

/** Items that are only named in the report. */
export const namedItem = z.looseObject({
  name: z.string().default('(unnamed)'),
  vhost: z.string().optional(),
  component: z.string().optional(),
});
