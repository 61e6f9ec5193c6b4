/** Worlds whose records break a promise on purpose, one each. */
import type { BrokerChannel, ChannelRecords } from '../../src/broker/index.js';
import type { BrokenWorld } from './broken-worlds.js';
import { overriding, withChannels } from './overriding.js';

let puts = 0;
let told = 0;

export const brokenRecords: readonly BrokenWorld[] = [
  {
    name: 'records are put whatever was expected',
    sabotage: withRecords((records) => ({
      put: (put) => records.put({ ...put, expected: undefined }),
    })),
    finds: /written against what was expected|committed, against what stands/,
  },
  {
    name: 'one put in fifty is called done, and is not',
    sabotage: withRecords((records) => ({
      put: (put) => {
        const isSwallowed = put.expected === undefined && ++puts % 50 === 0;
        return records.put(isSwallowed ? { ...put, key: 'aside' } : put);
      },
    })),
    finds: /^record |told in place of|not told of/,
  },
  {
    name: 'records live on beyond their time',
    sabotage: withRecords((records) => ({ put: (put) => records.put({ ...put, ttlMs: undefined }) })),
    finds: /^record .*shown as|told in place of/,
  },
  {
    name: 'one change in fifty is not told',
    sabotage: withRecords((records) => ({
      watch: (prefix, listener) =>
        records.watch(prefix, (event) => {
          if (++told % 50 !== 0) listener(event);
        }),
    })),
    finds: /^a watch .*(told in place of|not told of)/,
  },
  {
    name: 'completions are two steps',
    sabotage: { broker: (broker) => withChannels(broker, completingApart) },
    finds: /seen after its settlement was durable|wait beside a waiting consumer/,
  },
];

/** The record is written now, the delivery acknowledged with the next completion. */
function completingApart(channel: BrokerChannel): BrokerChannel {
  let late = 0;
  return overriding(channel, {
    complete: (tag, put) => {
      try {
        if (late !== 0) channel.acknowledge(late, false);
      } catch {
        // It was settled meanwhile, with others.
      }
      late = 0;
      if (!channel.holds(tag)) return { kind: 'lost' };
      const outcome = channel.records.put(put);
      if (outcome.kind !== 'conflict') late = tag;
      return outcome;
    },
  });
}

/** Replaces some of what every channel does to records. */
function withRecords(
  replaced: (records: ChannelRecords) => Partial<ChannelRecords>,
): BrokenWorld['sabotage'] {
  const wrap = (channel: BrokerChannel): BrokerChannel => {
    const records = overriding(channel.records, replaced(channel.records));
    return overriding(channel, { records });
  };
  return { broker: (broker) => withChannels(broker, wrap) };
}
