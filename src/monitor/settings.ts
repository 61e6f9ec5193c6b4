/** The `monitor` section of the configuration. */
import { z } from 'zod';

/** How settings write sizes and times; the assembled configuration brings them. */
export interface AmountSchemas {
  readonly bytes: z.ZodType<number>;
  readonly duration: z.ZodType<number>;
}

/** The section's schema. */
export function monitorSettings({ bytes, duration }: AmountSchemas) {
  return z.strictObject({
    /** Whether figures are measured every second and kept. */
    enabled: z.boolean().default(true),
    history: z
      .strictObject({
        /** Bytes that history may take on the disk. */
        budget: bytes.prefault('256MiB'),
        /** Queues, consumers and other objects that are kept at one time. */
        objects: z.int().min(100).max(1_000_000).default(20_000),
      })
      .prefault({}),
    /** Whether the own engine is probed as others are, and how. */
    probe: probeSettings(duration).default(false),
  });
}

/** How an engine is probed, in milliseconds. */
export interface ProbeSettings {
  readonly every: number;
  readonly timeout: number;
  /** The queue that probes go through; undefined: one named after this machine. */
  readonly queue: string | undefined;
}

const queuePattern = /^sluice\.probe\.[\w.-]{1,200}$/;
const timeMsMin = 100;
const timeMsMax = 3_600_000;

/** `true`, `false`, or the settings that differ from the defaults. */
function probeSettings(duration: z.ZodType<number>) {
  const time = duration.pipe(
    z.number().min(timeMsMin, 'is 100ms or longer').max(timeMsMax, 'is an hour or less'),
  );
  const settings = z.strictObject({
    /** The time between two probes. */
    every: time.prefault('1s'),
    /** A probe that takes longer has failed. */
    timeout: time.prefault('5s'),
    queue: z.string().regex(queuePattern, 'is a name like sluice.probe.NAME').optional(),
  });
  return z
    .preprocess((given) => (given === true ? {} : given), z.union([z.literal(false), settings]))
    .transform((parsed): ProbeSettings | false =>
      parsed === false ? false : { queue: undefined, ...parsed },
    );
}

export type MonitorSettings = z.infer<ReturnType<typeof monitorSettings>>;

const engineNamePattern = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const ownNames = ['embedded'];

/** An engine that is measured beside the own one. The addresses hold user and password. */
export interface ObservedEngine {
  /** Its management API. */
  readonly management: string;
  /** Where it speaks AMQP. */
  readonly amqp: string;
  /** How it is probed; false: not at all. */
  readonly probe: ProbeSettings | false;
}

/**
 * Engines to measure beside the own one, by name: addresses such as `rabbitmq://…?management=http://…`, or an `address`
 * with how it is probed.
 */
export function observedEngines({ duration }: Pick<AmountSchemas, 'duration'>) {
  const address = z.string().transform((text, context) => {
    const urls = urlsOf(text);
    if (urls !== undefined) return urls;
    context.addIssue({
      code: 'custom',
      message: 'must be like rabbitmq://user:password@host?management=http://host:15672',
    });
    return z.NEVER;
  });
  const described = z.strictObject({ address, probe: probeSettings(duration).prefault({}) });
  const engine = z
    .preprocess((given) => (typeof given === 'string' ? { address: given } : given), described)
    .transform(({ address: urls, probe }): ObservedEngine => ({ ...urls, probe }));
  return z.record(
    z
      .string()
      .regex(engineNamePattern, 'is a name of small letters, digits, points and dashes')
      .refine((name) => !ownNames.includes(name), 'is the name of the own engine'),
    engine,
  );
}

/** With the credentials of the engine's own address, unless it has others. */
function urlsOf(address: string): Pick<ObservedEngine, 'management' | 'amqp'> | undefined {
  const match = /^(?:rabbitmq|amqp)(s?):(.*)$/s.exec(address);
  const text = `amqp${match?.[1] ?? ''}:${match?.[2] ?? ''}`;
  const amqp = match !== null && URL.canParse(text) ? new URL(text) : undefined;
  const given = amqp?.searchParams.get('management') ?? '';
  if (amqp === undefined || !/^https?:/.test(given) || !URL.canParse(given)) return undefined;
  amqp.searchParams.delete('management');
  const management = new URL(given);
  if (management.username === '') {
    management.username = amqp.username;
    management.password = amqp.password;
  }
  return { management: management.href, amqp: amqp.href };
}
