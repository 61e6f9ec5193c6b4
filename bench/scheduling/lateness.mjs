/** What of a trace was done after its deadline: of all, of the tenant that floods (`t0`), and of the others. */

export class Lateness {
  #done = 0;
  #missed = 0;
  #flood = 0;
  #missedByFlood = 0;
  #worstLateMs = 0;

  /** One message of the trace, and when it was done: milliseconds since the trace began. */
  add({ deadlineMs, tenant }, doneMs) {
    const isFlood = tenant === 't0';
    this.#done++;
    if (isFlood) this.#flood++;
    const lateMs = doneMs - deadlineMs;
    if (lateMs <= 0) return;
    this.#missed++;
    if (isFlood) this.#missedByFlood++;
    this.#worstLateMs = Math.max(this.#worstLateMs, lateMs);
  }

  /** Parts of one, and the worst in milliseconds. */
  figures() {
    const others = this.#done - this.#flood;
    return {
      missed: this.#missed / this.#done,
      missedByFlood: this.#flood === 0 ? 0 : this.#missedByFlood / this.#flood,
      missedByOthers: others === 0 ? 0 : (this.#missed - this.#missedByFlood) / others,
      worstLateMs: Math.round(this.#worstLateMs),
    };
  }
}
