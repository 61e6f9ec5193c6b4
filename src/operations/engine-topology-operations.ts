/**
 * Exchanges, bindings and policies of an engine. Invariant: an engine beside answers as the own one does, without what it
 * does not tell.
 */
import { z } from 'zod';
import type { PolicyKind } from '../broker/index.js';
import type { OperationCall } from '../control/index.js';
import { isWanted, type EngineExchange, type EngineLink, type EnginePolicy } from '../engines/index.js';
import { besideNamed, engineName } from './engine-named.js';
import type { EnginePolicyEffect } from './engine-topology.js';
import { emitInPieces } from './in-pieces.js';
import { givenName, shortText, vhostName } from './inputs.js';
import { operatorPolicyList, policyEffect, policyList } from './policy-operations.js';
import type { ServerOperation } from './services.js';
import { bindingList, exchangeList, exchangeShow, type Counted } from './topology-operations.js';

const inVhost = z.strictObject({ engine: engineName, vhost: vhostName.optional() });
type InVhost = z.infer<typeof inVhost>;

const same = <Row>(row: Row): Row => row;

export const engineExchangeList: ServerOperation<InVhost, Counted, readonly EngineExchange[]> = {
  input: inVhost,
  async run(services, { engine: name, vhost }, call) {
    const engine = besideNamed(services, name);
    if (engine === undefined) return exchangeList.run(services, { vhost }, call);
    return emitInPieces(call, await engine.exchanges(vhost), same);
  },
};

const exchangeName = z.strictObject({ engine: engineName, vhost: vhostName, exchange: givenName });

export const engineExchangeShow: ServerOperation<z.infer<typeof exchangeName>, EngineExchange> = {
  input: exchangeName,
  async run(services, { engine: name, vhost, exchange }, call) {
    const engine = besideNamed(services, name);
    if (engine === undefined) return exchangeShow.run(services, { vhost, exchange }, call);
    return engine.exchange(vhost, exchange);
  },
};

const bindingListing = inVhost.extend({
  source: shortText.optional(),
  destination: shortText.optional(),
  destinationKind: z.enum(['queue', 'exchange']).optional(),
});

export const engineBindingList: ServerOperation<
  z.infer<typeof bindingListing>,
  Counted,
  readonly EngineLink[]
> = {
  input: bindingListing,
  async run(services, { engine: name, ...filter }, call) {
    const engine = besideNamed(services, name);
    if (engine === undefined) {
      const { vhost } = filter;
      return bindingList.run(
        services,
        { vhost },
        only(call, (row) => isWanted(row, filter)),
      );
    }
    return emitInPieces(call, await engine.bindings(filter), same);
  },
};

/** A call that hears of some rows alone. */
function only<Row>(
  call: OperationCall<readonly Row[], never>,
  isMeant: (row: Row) => boolean,
): OperationCall<readonly Row[], never> {
  const { messages, signal } = call;
  return { messages, signal, emit: (rows) => call.emit(rows.filter(isMeant)) };
}

function policiesOf(kind: PolicyKind): ServerOperation<InVhost, Counted, readonly EnginePolicy[]> {
  const own = kind === 'policy' ? policyList : operatorPolicyList;
  return {
    input: inVhost,
    async run(services, { engine: name, vhost }, call) {
      const engine = besideNamed(services, name);
      if (engine === undefined) return own.run(services, { vhost }, call);
      return emitInPieces(call, await engine.policies(kind, vhost), same);
    },
  };
}

export const enginePolicyList = policiesOf('policy');
export const engineOperatorPolicyList = policiesOf('operator-policy');

const target = z.strictObject({
  engine: engineName,
  kind: z.enum(['queue', 'exchange']),
  vhost: vhostName,
  name: z.string(),
});

export const enginePolicyEffect: ServerOperation<z.infer<typeof target>, EnginePolicyEffect> = {
  input: target,
  async run(services, { engine: name, ...governed }, call) {
    const engine = besideNamed(services, name);
    if (engine === undefined) return policyEffect.run(services, governed, call);
    return engine.policyEffect(governed);
  },
};
