/** Makes the index that an exchange type needs. */
import { emptyFieldTable, type FieldTable } from '../content/index.js';
import type { BindingIndex, IndexType, RouteTarget } from './binding-index.js';
import { ConsistentHashIndex } from './consistent-hash-index.js';
import { DirectIndex } from './direct-index.js';
import { FanoutIndex } from './fanout-index.js';
import { HeadersIndex } from './headers-index.js';
import { TopicIndex } from './topic-index.js';

/** An empty index. Arguments that `checkExchangeArguments` would refuse are passed over. */
export function createIndex<Destination extends RouteTarget>(
  type: IndexType,
  exchangeArguments: FieldTable = emptyFieldTable,
): BindingIndex<Destination> {
  switch (type) {
    case 'direct':
      return new DirectIndex();
    case 'fanout':
      return new FanoutIndex();
    case 'topic':
      return new TopicIndex();
    case 'headers':
      return new HeadersIndex();
    case 'x-consistent-hash':
      return new ConsistentHashIndex(exchangeArguments);
  }
}
