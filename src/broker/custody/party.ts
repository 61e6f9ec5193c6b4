/**
 * Whoever publishes, gets, settles or changes messages, as the journal tells of it. Invariant: `offset` is where its
 * description stands in `segment`; in any other segment it has to be described again.
 */
import type { PartyFacts } from './party-facts.js';

/** Longer names are cut: a description is written once a segment, and must stay small. */
const textCharactersMax = 255;

export class Party {
  readonly facts: PartyFacts;
  /** Where it was described last; 0: nowhere yet. */
  segment = 0;
  offset = 0;
  #described: Buffer | undefined = undefined;

  constructor(facts: PartyFacts) {
    this.facts = facts;
  }

  /** The description as it stands in its record. */
  get described(): Buffer {
    return (this.#described ??= encodeParty(this.facts));
  }
}

function encodeParty(facts: PartyFacts): Buffer {
  const short = Object.entries(facts).map(([key, value]: [string, unknown]) => [
    key,
    typeof value === 'string' && value.length > textCharactersMax ? value.slice(0, textCharactersMax) : value,
  ]);
  return Buffer.from(JSON.stringify(Object.fromEntries(short)));
}

/** Undefined: it says nothing that is understood. */
export function decodeParty(bytes: Buffer): PartyFacts | undefined {
  try {
    const facts: unknown = JSON.parse(bytes.toString());
    return isPartyFacts(facts) ? facts : undefined;
  } catch {
    return undefined;
  }
}

function isPartyFacts(facts: unknown): facts is PartyFacts {
  if (typeof facts !== 'object' || facts === null) return false;
  return 'user' in facts && typeof facts.user === 'string' && 'connection' in facts;
}
