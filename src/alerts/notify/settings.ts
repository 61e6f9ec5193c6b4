/**
 * The settings of notification: receivers, and the routes to them. Invariant: a secret is kept here as it was written,
 * and is looked up when the notifier is opened; no message of a schema repeats a value.
 */
import { z } from 'zod';
import { millisecondsOf, type Duration } from '../../engines/index.js';
import { messageOf } from '../../kernel/index.js';

const durationOf = (longestMs: number) =>
  z.union([z.string(), z.number()]).transform((value, context): number => {
    try {
      const ms = millisecondsOf(value as Duration, 'this');
      if (ms <= longestMs) return ms;
      context.addIssue({ code: 'custom', message: `must be at most ${longestMs} ms` });
    } catch (error) {
      context.addIssue({ code: 'custom', message: messageOf(error) });
    }
    return z.NEVER;
  });

const dayMs = 86_400_000;
const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be a name of letters, digits and . _ -');
const headerName = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'must be the name of a header');
const line = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[^\r\n\0]*$/, 'must be one line');
const timezone = z.string().max(64).refine(isTimezone, 'must be a time zone such as Asia/Shanghai or UTC');

function isTimezone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** A text that nobody is shown: as it is, with `${NAME}` from the environment, or the content of a file. */
export const secretSetting = z.union([
  z.string().min(1).max(4_096),
  z.strictObject({ file: z.string().min(1).max(4_096) }),
]);
export type SecretSetting = z.infer<typeof secretSetting>;

/** What every receiver has. */
const delivery = {
  /** How long one attempt may take. */
  timeout: durationOf(300_000).prefault('10s'),
  /** How long a notification is tried before it is given up. */
  giveUpAfter: durationOf(30 * dayMs).prefault('1d'),
  /** How often at most; left out: what the service allows. */
  limit: z
    .strictObject({ count: z.int().min(1).max(10_000), per: durationOf(dayMs).prefault('1m') })
    .optional(),
};

const headers = z.record(headerName, secretSetting).default({});

const webhook = z.strictObject({
  type: z.literal('webhook'),
  url: secretSetting,
  /** Signs each request; `whsec_…` is base64, as libraries for Standard Webhooks take it. */
  secret: secretSetting.optional(),
  headers,
  ...delivery,
});

const chat = <Type extends string>(type: Type) =>
  z.strictObject({ type: z.literal(type), url: secretSetting, ...delivery });
const signedChat = <Type extends string>(type: Type) =>
  chat(type).extend({ secret: secretSetting.optional() });

const alertmanager = z.strictObject({
  type: z.literal('alertmanager'),
  /** Its address, without `/api/v2/alerts`. */
  url: secretSetting,
  headers,
  /** How often alerts that still fire are sent again. Alertmanager holds them to be over after four times this. */
  refresh: durationOf(3_600_000).prefault('1m'),
  ...delivery,
});

const pagerduty = z.strictObject({
  type: z.literal('pagerduty'),
  /** The integration key of a service. */
  routingKey: secretSetting,
  url: z.string().min(1).max(2_048).default('https://events.pagerduty.com/v2/enqueue'),
  ...delivery,
});

const email = z.strictObject({
  type: z.literal('email'),
  host: z.string().min(1).max(255),
  port: z.int().min(1).max(65_535).default(587),
  /** `starttls` never goes on in the clear; `none` is for a relay on the same machine. */
  tls: z.enum(['starttls', 'implicit', 'none']).default('starttls'),
  user: line.optional(),
  password: secretSetting.optional(),
  from: line,
  to: z.array(line).min(1).max(50),
  ...delivery,
});

export const receiverSettings = z.discriminatedUnion('type', [
  webhook,
  email,
  chat('slack'),
  signedChat('dingtalk'),
  signedChat('feishu'),
  chat('wecom'),
  alertmanager,
  pagerduty,
]);

export type ReceiverSettings = z.infer<typeof receiverSettings>;
export type ReceiverType = ReceiverSettings['type'];
/** The settings of one type of receiver. */
export type SettingsOf<Type extends ReceiverType> = Extract<ReceiverSettings, { readonly type: Type }>;

const severity = z.enum(['info', 'warning', 'critical']);
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 22:30');
const values = z.union([
  z
    .string()
    .max(512)
    .transform((one) => [one]),
  z.array(z.string().max(512)).min(1).max(100),
]);

const quietHours = z.strictObject({
  /** The days on which it begins; left out: every day. */
  days: z
    .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
    .min(1)
    .optional(),
  from: clockTime,
  /** The same as `from`, or earlier: on the next day. */
  to: clockTime,
  timezone: timezone.default('UTC'),
  /** What is sent all the same. */
  except: z.array(severity).default(['critical']),
});
export type QuietHours = z.infer<typeof quietHours>;

/** What a route may be limited to. */
const told = z.enum([
  ...(['opened', 'reopened', 'severity', 'cause', 'escalated'] as const),
  ...(['acknowledged', 'remedy', 'repeated', 'resolved'] as const),
]);

const route = z.strictObject({
  name,
  match: z
    .strictObject({
      severity: z.array(severity).min(1).optional(),
      /** Kinds of what the alerts are about: `queue`, `task`, `node`. */
      kind: z.array(z.string().max(64)).min(1).max(32).optional(),
      /** Each must have one of its values; `*` stands for any text. */
      labels: z.record(z.string().max(128), values).default({}),
    })
    .prefault({}),
  /** Only what happened in these ways; left out: everything. */
  on: z.array(told).min(1).optional(),
  receivers: z.array(name).min(1).max(20),
  language: z.enum(['en', 'zh']).optional(),
  /** How long the first notification waits for what belongs to the same incident. */
  groupWait: durationOf(3_600_000).prefault('10s'),
  /** After how long an open incident that nobody acknowledged is sent again; 0: never. */
  repeat: durationOf(30 * dayMs).prefault('4h'),
  quietHours: z.array(quietHours).max(16).default([]),
  /** Whether the routes after it are asked too. */
  continue: z.boolean().default(false),
});
export type RouteSettings = z.infer<typeof route>;

/** The fields of the section `alerts` that are about notification. */
export const notifyShape = {
  language: z.enum(['en', 'zh']).default('en'),
  /** In which moments are told. */
  timezone: timezone.default('UTC'),
  /** Where people reach the console, for links in notifications. */
  link: z
    .url({ protocol: /^https?$/ })
    .max(2_048)
    .optional(),
  /** Addresses that are refused unless they stand here, as `169.254.10.1` or `169.254.10.0/24`. */
  allowAddresses: z.array(z.string().max(64)).max(64).default([]),
  receivers: z.record(name, receiverSettings).default({}),
  routes: z.array(route).max(200).default([]),
};

const notifySettingsType = z.strictObject(notifyShape);
export type NotifySettings = z.infer<typeof notifySettingsType>;

/** What no single field shows: names of routes twice, receivers that do not exist. For `superRefine`. */
export function checkRoutes(
  { receivers, routes }: Pick<NotifySettings, 'receivers' | 'routes'>,
  context: { addIssue(issue: { code: 'custom'; message: string; path: (string | number)[] }): void },
): void {
  const names = new Set<string>();
  routes.forEach((each, at) => {
    if (names.has(each.name)) {
      context.addIssue({
        code: 'custom',
        message: `there are two routes named ${each.name}`,
        path: ['routes', at],
      });
    }
    names.add(each.name);
    for (const receiver of each.receivers) {
      if (Object.hasOwn(receivers, receiver)) continue;
      const message = `there is no receiver named ${receiver}`;
      context.addIssue({ code: 'custom', message, path: ['routes', at, 'receivers'] });
    }
  });
}

/** The settings of notification alone, checked. */
export const notifySettings = notifySettingsType.superRefine(checkRoutes);
