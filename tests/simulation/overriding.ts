/** Replaces members of what the broker gives out, to break it on purpose. */
import type { Broker, BrokerChannel } from '../../src/broker/index.js';

/** Wraps every channel. */
export function withChannels(broker: Broker, wrap: (channel: BrokerChannel) => BrokerChannel): Broker {
  return overriding(broker, {
    connect: (info) => {
      const connection = broker.connect(info);
      return overriding(connection, { openChannel: (sink) => wrap(connection.openChannel(sink)) });
    },
  });
}

/** `target` with some of its members replaced; the others still belong to it. */
export function overriding<T extends object>(target: T, replaced: Partial<T>): T {
  return new Proxy(target, {
    get: (from, name) => {
      if (Object.hasOwn(replaced, name)) return replaced[name as keyof T];
      const member: unknown = Reflect.get(from, name, from);
      return typeof member === 'function' ? (member.bind(from) as unknown) : member;
    },
  });
}
