/**
 * Packs values into requests as `zabbix_sender` does, as many into one as fit. Invariant: each value carries the time at
 * which it was measured, so that it may be sent late.
 *
 *   {"request":"sender data","data":[{"host":"…","key":"…","value":"…","clock":1700000000,"ns":0},…]}
 */

/** One request, ready to be sent, any number of times. */
export interface ValueBatch {
  readonly body: Buffer;
  readonly values: number;
}

/** A server takes far more; others are to have their turn between two. */
const bodyCharactersMax = 131_072;
const valuesMax = 1_000;
const head = '{"request":"sender data","data":[';
const tail = ']}';

export class ValuePacker {
  readonly #host: string;
  #second = 0;
  #text = '';
  #values = 0;

  /** `host`: the name of the host in Zabbix. */
  constructor(host: string) {
    this.#host = `{"host":${JSON.stringify(host)},"key":`;
  }

  /** What is added from now on was measured at this Unix second. */
  at(second: number): void {
    this.#second = second;
  }

  /** Adds a value; gives a batch when one is full. */
  add(key: string, value: string): ValueBatch | undefined {
    if (this.#values > 0) this.#text += ',';
    this.#text += `${this.#host}${JSON.stringify(key)},"value":${JSON.stringify(value)},"clock":${this.#second},"ns":0}`;
    this.#values++;
    const isFull = this.#values >= valuesMax || this.#text.length >= bodyCharactersMax;
    return isFull ? this.take() : undefined;
  }

  /** What is not in a batch yet; undefined: nothing. */
  take(): ValueBatch | undefined {
    if (this.#values === 0) return undefined;
    const batch = { body: Buffer.from(head + this.#text + tail), values: this.#values };
    this.#text = '';
    this.#values = 0;
    return batch;
  }
}
