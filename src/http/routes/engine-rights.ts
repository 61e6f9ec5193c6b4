/**
 * Who may see and act on engines. Whoever monitors sees; administrators act on engines beside, whose own users know
 * nothing of ours; on the own one the rights over its queues and exchanges count.
 */
import { ownEngine } from '../../operations/index.js';
import type { Caller } from '../caller.js';

/** A queue of an engine. */
export interface EngineQueueTarget {
  readonly engine: string;
  readonly vhost: string;
  readonly queue: string;
}

export function monitors(caller: Caller): void {
  caller.requireTag('monitor');
}

/** On the own engine `right` over the queue; on another one, those of an administrator. */
export function mayAct(right: 'read' | 'configure'): (caller: Caller, target: EngineQueueTarget) => void {
  return (caller, { engine, vhost, queue }) => {
    if (engine === ownEngine) caller.require(right, 'queue', vhost, queue);
    else caller.requireTag('administer');
  };
}

/** Publishing through an exchange; an empty name is the default one. */
export function mayPublishTo(
  caller: Caller,
  { engine, vhost }: Pick<EngineQueueTarget, 'engine' | 'vhost'>,
  exchange: string,
  routingKey: string,
): void {
  if (engine !== ownEngine) {
    caller.requireTag('administer');
    return;
  }
  caller.require('write', 'exchange', vhost, exchange);
  caller.requireTopic('write', vhost, exchange, routingKey);
}
