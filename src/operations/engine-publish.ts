/** Publishing to an engine's queues and exchanges. Invariant: it answers when the message is durable there. */
import { z } from 'zod';
import { SluiceError } from '../kernel/index.js';
import { acted } from './engine-audit.js';
import { besideNamed, engineName, engineQueueName } from './engine-named.js';
import { shortText, vhostName } from './inputs.js';
import { publish, publishedProperties } from './message-operations.js';
import type { ServerOperation } from './services.js';

const content = {
  properties: publishedProperties.optional(),
  /** Base64. */
  body: z.base64(),
};

const toQueue = engineQueueName.extend({ ...content, contentType: shortText.optional() });

/** Rejects with `not-found` where there is no such queue. */
export const engineQueuePublish: ServerOperation<z.infer<typeof toQueue>, { readonly routed: true }> = {
  input: toQueue,
  async run(services, { body, properties, contentType, ...target }, call) {
    const { vhost, queue } = target;
    const destination = { vhost, exchange: '', routingKey: queue };
    const given = { ...(contentType === undefined ? {} : { contentType }), ...properties };
    const engine = besideNamed(services, target.engine);
    if (engine === undefined) {
      const { routed } = await publish.run(services, { ...destination, properties: given, body }, call);
      if (!routed) throw new SluiceError('not-found', `there is no queue '${queue}' in vhost '${vhost}'`);
    } else {
      const message = { body: Buffer.from(body, 'base64'), properties: given };
      await acted(services, `publish to queue '${queue}'`, target, () =>
        engine.publish(destination, message),
      );
    }
    return { routed: true };
  },
};

const toExchange = z.strictObject({
  engine: engineName,
  vhost: vhostName,
  /** Empty: the default one. */
  exchange: shortText,
  routingKey: shortText,
  ...content,
});

/** `routed` is false when no queue takes it, and it is gone. */
export const engineExchangePublish: ServerOperation<
  z.infer<typeof toExchange>,
  { readonly routed: boolean }
> = {
  input: toExchange,
  async run(services, { engine: name, properties = {}, body, ...destination }, call) {
    const engine = besideNamed(services, name);
    if (engine === undefined) return publish.run(services, { ...destination, properties, body }, call);
    const message = { body: Buffer.from(body, 'base64'), properties };
    const target = { engine: name, vhost: destination.vhost };
    const run = (): Promise<{ readonly routed: boolean }> => engine.publish(destination, message);
    return acted(services, `publish to exchange '${destination.exchange}'`, target, run, ({ routed }) =>
      routed ? { outcome: 'success' } : { outcome: 'failure', reason: 'no queue took it' },
    );
  },
};
