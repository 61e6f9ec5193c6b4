/** Operations as the routes of RabbitMQ's API use them: a list as slices, and whether something is there. */
import { SluiceError } from '../../kernel/index.js';
import type { BindingRow, OperationInput, OperationName } from '../../operations/index.js';
import { runOperation } from '../api/operation-route.js';
import type { Caller } from '../caller.js';
import { queuesInSlices } from '../queue-slices.js';
import type { Visit } from './rabbit-route.js';
import { WordedRefusal } from './refusal.js';

/** Whether an operation finds what it names. */
export async function isThere<Name extends OperationName>(
  { call }: Visit,
  name: Name,
  input: OperationInput<Name>,
): Promise<boolean> {
  try {
    await runOperation(call, name, input);
    return true;
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'not-found') return false;
    throw error;
  }
}

/** Operations that emit rows some at a time. */
type Listed =
  | 'binding.list'
  | 'connection.details'
  | 'consumer.list'
  | 'exchange.list'
  | 'operator-policy.list'
  | 'policy.list'
  | 'queue.list';

/** The rows of an operation that emits them some at a time. */
export async function rowsOf<Row>(
  { call }: Visit,
  name: Listed,
  input: { readonly vhost?: string | undefined } = {},
): Promise<Row[]> {
  const rows: Row[] = [];
  const onEvent = (piece: unknown): void => {
    for (const row of piece as Row[]) rows.push(row);
  };
  await runOperation(call, name, input as OperationInput<Listed>, { onEvent });
  return rows;
}

/** Bindings, those to the default exchange among them that every queue has without being told. */
export async function bindingRows(visit: Visit, vhost?: string): Promise<BindingRow[]> {
  const rows = await rowsOf<BindingRow>(visit, 'binding.list', { vhost });
  for await (const slice of queuesInSlices(visit.call.services.broker.administration, vhost))
    for (const queue of slice)
      rows.push({
        vhost: queue.vhost,
        source: '',
        destination: queue.name,
        destinationKind: 'queue',
        routingKey: queue.name,
        arguments: {},
      });
  return rows;
}

/** Rows of virtual hosts that the caller sees. */
export function seenBy(caller: Caller): (row: { readonly vhost: string }) => boolean {
  const answers = new Map<string, boolean>();
  return ({ vhost }) => {
    let answer = answers.get(vhost);
    if (answer === undefined) answers.set(vhost, (answer = caller.sees(vhost)));
    return answer;
  };
}

/**
 * Throws `not-found` for a virtual host that is not there, for whoever may see all of them; others are refused as for
 * one that they may not enter.
 */
export function refuseUnknownVhost({ call, caller, vhost }: Visit): void {
  const { administration } = call.services.broker;
  if (administration.listVirtualHosts().includes(vhost) || !caller.holdsTag('monitor')) return;
  throw new WordedRefusal('not-found', 'not_found', 'vhost_not_found');
}

/** In RabbitMQ's words, which tell it from a path that is not there. */
export async function orNotFound<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'not-found') throw error;
    throw new WordedRefusal('not-found', 'not_found', error.message);
  }
}

/** Throws `not-found` for a virtual host that is not there. */
export async function requireVhost({ call, vhost }: Visit): Promise<void> {
  const { vhosts } = await runOperation(call, 'vhost.list', {});
  if (!vhosts.includes(vhost)) throw new SluiceError('not-found', `no vhost '${vhost}'`);
}

/** What `find` finds. Throws `not-found`. */
export function found<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new SluiceError('not-found', 'Not Found');
  return row;
}
