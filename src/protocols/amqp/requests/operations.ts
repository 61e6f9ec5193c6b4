/** Every operation that a client may request, by the routing key of its request. */
import { messageOperations } from './message-requests.js';
import { recordOperations } from './record-requests.js';
import { settlementOperations } from './settlement-requests.js';
import type { Operation } from './request.js';

const operations = new Map<string, Operation>(
  Object.entries({ ...recordOperations, ...settlementOperations, ...messageOperations }),
);

export function operationOf(routingKey: string): Operation | undefined {
  return operations.get(routingKey);
}
