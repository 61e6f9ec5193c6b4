/** What a record tells of who had a message and who ended that, in the words of a trace. */
import type { Custody } from '../custody/custody-reader.js';
import { ReturnCause } from '../custody/custody-runs.js';
import type { PartyFacts } from '../custody/party-facts.js';
import type { KnownParties } from './known-parties.js';
import type { TraceCause, TraceParty, TraceTime } from './trace.js';

const causeNames = new Map<number, TraceCause>(
  Object.entries(ReturnCause).flatMap(([name, cause]) =>
    cause === ReturnCause.unknown ? [] : [[cause, name as TraceCause]],
  ),
);

/** All empty: the record does not tell, as those of older versions. */
export interface Told {
  readonly time: TraceTime | undefined;
  readonly party: TraceParty;
  readonly cause: { readonly cause?: TraceCause };
  /** Undefined: it was not with anybody, as far as the record tells. */
  readonly delivered: { readonly atMs: number; readonly to: { readonly to?: PartyFacts } } | undefined;
}

const nothing: Told = { time: undefined, party: {}, cause: {}, delivered: undefined };

export function toldBy(custody: Custody | undefined, parties: KnownParties): Told {
  if (custody === undefined) return nothing;
  const { settledMs, deliveredMs, party } = custody;
  const who = parties.at(party);
  const cause = causeNames.get(custody.cause);
  return {
    time: { atMs: settledMs },
    party: party === 0 ? { by: 'the broker' } : who === undefined ? {} : { by: who },
    cause: cause === undefined ? {} : { cause },
    delivered:
      deliveredMs === undefined ? undefined : { atMs: deliveredMs, to: who === undefined ? {} : { to: who } },
  };
}
