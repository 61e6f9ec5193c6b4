/**
 * Finds out which of the records that a message waits for (`x-after`) are still to be written. The live broker and the
 * fold ask alike, at the same place in the journal, so they hear the same.
 */
import { decodeProperties, isFieldArray, type FieldValue } from './content/index.js';
import { RecordHashes } from './records/record-hashes.js';
import { isRecordKey, RecordKey } from './records/record-key.js';
import type { RecordStore } from './records/record-store.js';
import type { HashSecret } from '../scheduling/index.js';
import { SluiceError } from '../kernel/index.js';

/** Keys that one message may wait for. */
export const afterKeysMax = 1_000;

const none: readonly string[] = [];

/** The keys of an `x-after` header. Throws `precondition-failed` for what is no list of record keys. */
export function afterKeysOf(value: FieldValue | undefined): readonly string[] {
  if (value === undefined) return none;
  if (!isFieldArray(value)) throw malformed('it is an array of record keys');
  if (value.length > afterKeysMax) throw malformed(`a message waits for at most ${afterKeysMax} records`);
  return value.map((key) => {
    if (typeof key === 'string' && isRecordKey(key)) return key;
    throw malformed('each record key is text of 1 to 512 bytes');
  });
}

function malformed(why: string): SluiceError {
  return new SluiceError('precondition-failed', `invalid x-after header: ${why}`);
}

export class MissingRecords {
  readonly #state: { readonly secret: HashSecret | undefined };
  #key: RecordKey | undefined = undefined;
  #secret: HashSecret | undefined = undefined;
  readonly hashes = new RecordHashes();

  constructor(state: { readonly secret: HashSecret | undefined }) {
    this.#state = state;
  }

  /** Reads a key; its hash stands in what this gives until the next one. */
  hash(key: string): RecordKey {
    const { secret } = this.#state;
    if (this.#key === undefined || this.#secret !== secret) {
      this.#secret = secret;
      this.#key = new RecordKey(secret ?? { low: 0, high: 0 });
    }
    this.#key.read(key);
    return this.#key;
  }

  /** Those of `keys` that are not in the store, as hashes; undefined: all are there. */
  find(store: RecordStore | undefined, keys: readonly string[]): RecordHashes | undefined {
    if (keys.length === 0) return undefined;
    this.hashes.clear();
    for (const text of keys) {
      const { low, high, check } = this.hash(text);
      if (store === undefined || store.find(low, high, check) === 0) this.hashes.add(low, high, check);
    }
    return this.hashes.count === 0 ? undefined : this.hashes;
  }

  /** As `find`, for the header among encoded properties; never undefined. */
  ofProperties(store: RecordStore | undefined, properties: Buffer): RecordHashes {
    this.hashes.clear();
    this.find(store, afterKeysOf(decodeProperties(properties).headers?.get('x-after')));
    return this.hashes;
  }
}
