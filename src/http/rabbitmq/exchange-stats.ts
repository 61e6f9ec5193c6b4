/** What was published to exchanges. Invariant: as in RabbitMQ, one to which nothing was published has no figures. */
import type { ExchangeRow } from '../../operations/index.js';
import type { Item } from './columns.js';
import type { Visit } from './rabbit-route.js';
import { keyOf } from './readings.js';

/** Gives `message_stats` of an exchange: messages that came to it, and those that queues were given of them. */
export function exchangeStats({ call, rates }: Visit): (exchange: ExchangeRow) => Item | undefined {
  rates.want(call.services);
  const counted = new Map<string, Item>();
  for (const each of call.services.broker.administration.measures.eachExchange()) {
    const { vhost, name, publishedIn, publishedOut } = each;
    if (publishedIn > 0)
      counted.set(keyOf(vhost, name), { publish_in: publishedIn, publish_out: publishedOut });
  }
  return ({ vhost, name }) => {
    const counts = counted.get(keyOf(vhost, name));
    const growth = rates.ofExchange(vhost, name);
    if (counts === undefined || growth === undefined) return counts;
    return {
      ...counts,
      publish_in_details: { rate: growth.publish_in },
      publish_out_details: { rate: growth.publish_out },
    };
  };
}
