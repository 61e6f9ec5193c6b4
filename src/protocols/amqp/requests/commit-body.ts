/**
 * Reads the body of a `commit` request, a row of steps. Invariant: what it gives lies within the body, and a body that
 * it takes was read to its end.
 *
 * All numbers are big-endian; `text` is an octet with the length and so many bytes.
 *
 *     step         = %x01 acknowledge / %x02 put / %x03 send
 *     acknowledge  = delivery-tag:8
 *     put          = flags:1 [ttl:8] [version:8] key-length:2 key value-length:4 value
 *     flags        = 1 (ttl follows) + 2 (there must be no record) or 4 (version follows: the one it must have)
 *     send         = exchange:text routing-key:text properties-length:4 properties body-length:4 body
 *
 * `properties` are those of an AMQP content header (section 4.2.6.1): flags, then the list.
 */
import { decodeText, type RecordPut } from '../../../broker/index.js';
import { SluiceError } from '../../../kernel/index.js';

/** Steps of one commit: some milliseconds of work. */
export const commitStepsMax = 4_096;

const stepKinds = { acknowledge: 1, put: 2, send: 3 } as const;
const putFlags = { ttl: 1, absent: 2, version: 4 } as const;

/** A message within a commit; offsets point into the request's body. */
export interface CommitSend {
  /** The two names as short strings in a row. */
  readonly routeStart: number;
  readonly routeEnd: number;
  readonly exchange: string;
  readonly routingKey: string;
  readonly propertiesStart: number;
  readonly propertiesEnd: number;
  readonly bodyStart: number;
  readonly bodyEnd: number;
}

/** Steps by kind, each in their order; the values of puts are views of the body. */
export interface CommitSteps {
  readonly tags: readonly number[];
  readonly puts: readonly RecordPut[];
  readonly sends: readonly CommitSend[];
}

/** Throws `bad-input` for what is no row of steps, `limit-reached` for one that is too long. */
export function readCommit(body: Buffer): CommitSteps {
  const reader = new CommitReader(body);
  const tags: number[] = [];
  const puts: RecordPut[] = [];
  const sends: CommitSend[] = [];
  for (let steps = 0; !reader.isAtEnd; steps++) {
    if (steps === commitStepsMax)
      throw new SluiceError('limit-reached', `a commit has at most ${commitStepsMax} steps`);
    const kind = reader.number(1);
    if (kind === stepKinds.acknowledge) tags.push(reader.long());
    else if (kind === stepKinds.put) puts.push(reader.put());
    else if (kind === stepKinds.send) sends.push(reader.send());
    else throw malformed(`there is no step ${kind}`);
  }
  return { tags, puts, sends };
}

class CommitReader {
  readonly #body: Buffer;
  #at = 0;

  constructor(body: Buffer) {
    this.#body = body;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#body.length;
  }

  /** A whole number of up to four bytes. */
  number(bytes: 1 | 2 | 4): number {
    const at = this.#skip(bytes);
    return this.#body.readUIntBE(at, bytes);
  }

  /** A whole number of eight bytes that is exact as a number. */
  long(): number {
    const at = this.#skip(8);
    const value = this.#body.readUInt32BE(at) * 0x1_0000_0000 + this.#body.readUInt32BE(at + 4);
    if (Number.isSafeInteger(value)) return value;
    throw malformed('a number is over 2^53 - 1');
  }

  put(): RecordPut {
    const flags = this.number(1);
    if (flags > (putFlags.ttl | putFlags.version))
      throw malformed(`the flags ${flags} of a put make no sense`);
    const ttlMs = (flags & putFlags.ttl) === 0 ? undefined : this.long();
    const version = (flags & putFlags.version) === 0 ? undefined : this.long();
    const expected = (flags & putFlags.absent) === 0 ? version : 'absent';
    const key = this.#text(this.number(2));
    const valueBytes = this.number(4);
    const value = this.#skip(valueBytes);
    return { key, value: this.#body.subarray(value, value + valueBytes), ttlMs, expected };
  }

  send(): CommitSend {
    const routeStart = this.#at;
    const exchange = this.#text(this.number(1));
    const routingKey = this.#text(this.number(1));
    const routeEnd = this.#at;
    const propertiesBytes = this.number(4);
    const propertiesStart = this.#skip(propertiesBytes);
    const bodyBytes = this.number(4);
    const bodyStart = this.#skip(bodyBytes);
    return {
      routeStart,
      routeEnd,
      exchange,
      routingKey,
      propertiesStart,
      propertiesEnd: propertiesStart + propertiesBytes,
      bodyStart,
      bodyEnd: bodyStart + bodyBytes,
    };
  }

  #text(bytes: number): string {
    const at = this.#skip(bytes);
    return decodeText(this.#body, at, at + bytes);
  }

  /** Gives where the next bytes begin, and goes past them. */
  #skip(bytes: number): number {
    const at = this.#at;
    if (bytes > this.#body.length - at) throw malformed('it ends in the middle of a step');
    this.#at = at + bytes;
    return at;
  }
}

function malformed(what: string): SluiceError {
  return new SluiceError('bad-input', `the body of a commit: ${what}`);
}
