/**
 * What was enqueued, what became of it, and the verdict. Each completion sends one follow-up in the same step, and each
 * failure one dead letter, so these count ends that the outcome's record alone, which has one place, could not show.
 * What is looked at is one round, once nothing moves any more.
 */

export const bad = [
  'lost',
  'twice',
  'torn',
  'wrong',
  'unexpected',
  'misordered',
  'early',
  'refused',
  'broken',
];
export const counts = ['tasks', 'enqueued', 'completed', 'failed', 'cancelled', 'reruns', ...bad];

/** How many faults are described; the rest are counted. */
const describedMax = 20;

export class Checker {
  totals = Object.fromEntries(counts.map((name) => [name, 0]));
  faults = [];
  #tasks = new Map();
  #words = new Map();
  #numberOf = new Map();
  #runs = new Map();
  #unanswered = new Set();
  /** Tasks of earlier rounds whose enqueue had no answer: they may come late, or never. */
  #strays = new Set();

  /** One line of a member. */
  take(word, facts) {
    if (word === 'will') this.#will(facts);
    else if (word === 'sent') this.#sent(facts);
    else if (word === 'ran') this.#ran(facts);
    else if (word === 'cancel') this.#cancel(facts);
    else if (word === 'early') this.#fault('early', `${facts.n} (${facts.kind}): ${facts.why}`);
    else if (word === 'broken') this.#fault('broken', facts.text);
    else if (word === 'refused') this.#refused(facts);
  }

  #refused({ n, isLoss, text }) {
    this.#unanswered.delete(n);
    if (!isLoss) this.#fault('refused', `${n}: ${text}`);
  }

  /** A member did not end in time; its calls that have no answer may be why. */
  tellStuck(label) {
    const own = [...this.#unanswered].filter((n) => n.startsWith(`${label}-`));
    const calls = own.map((n) => `${n} (${this.#tasks.get(n).kind})`);
    this.#fault('broken', `an enqueuer did not stop; unanswered: ${calls.join(' ') || 'nothing'}`);
  }

  /** Nothing moves in the task's queue, and it is not empty. */
  tellStanding(figures) {
    this.#fault('broken', `the queue stands still: ${figures}`);
  }

  #will(facts) {
    this.totals.tasks++;
    this.#unanswered.add(facts.n);
    this.#tasks.set(facts.n, { ...facts, follows: 0, dead: 0, id: undefined });
  }

  #sent({ n, id }) {
    this.#unanswered.delete(n);
    const task = this.#tasks.get(n);
    this.totals.enqueued++;
    task.id = id;
    if (task.word === undefined) return void this.#numberOf.set(id, n);
    const ids = this.#words.get(task.word) ?? new Set();
    this.#words.set(task.word, ids.add(id));
  }

  /** Its worker may be heard before its enqueuer. */
  #ran({ n }) {
    this.#runs.set(n, (this.#runs.get(n) ?? 0) + 1);
  }

  #cancel({ id, result }) {
    const task = this.#tasks.get(this.#numberOf.get(id));
    if (result === 'cancelled') task.expected = 'cancelled';
    else task.expected = undefined;
  }

  /**
   * Ends a round. `follows` and `dead` are the bodies of those messages in the order in which they were sent, `outcomes`
   * what became of each task, by its identifier.
   */
  settle({ follows, dead, outcomes }) {
    this.#count(follows, 'follows');
    this.#count(dead, 'dead');
    for (const [n, runs] of this.#runs) this.#judgeRuns(n, runs);
    for (const task of this.#tasks.values()) this.#judge(task, outcomes.get(task.id));
    for (const [word, ids] of this.#words)
      if (ids.size > 1) this.#fault('twice', `${word} was sent as ${[...ids].join(' and ')}`);
    this.#judgeOrder(follows);
    this.#tasks.clear();
    this.#words.clear();
    this.#runs.clear();
    for (const n of this.#unanswered) this.#strays.add(n);
    this.#unanswered.clear();
    this.#numberOf.clear();
  }

  #count(bodies, what) {
    for (const { n, id } of bodies) {
      const task = this.#tasks.get(n);
      if (this.#strays.has(n)) continue;
      if (task === undefined) this.#fault('unexpected', `${what} of ${n}, which nobody sent`);
      else {
        task[what]++;
        task.id ??= id;
      }
    }
  }

  #judgeRuns(n, runs) {
    if (this.#strays.has(n)) return;
    const task = this.#tasks.get(n);
    if (task === undefined) this.#fault('unexpected', `${n} ran and was sent by nobody`);
    else this.totals.reruns += Math.max(0, runs - 1 - task.fails);
  }

  #judge(task, outcome) {
    const { n, kind, id, follows, dead, word } = task;
    if (follows + dead > 1) this.#fault('twice', `${n} (${kind}, ${id}) ended ${follows + dead} times`);
    // Another enqueue under the same word, or one that nobody heard of, may have no task of its own.
    if (id === undefined) return;
    if (outcome === undefined) return this.#fault('lost', `${n} (${kind}, ${id}) has no outcome`);
    this.#judgeEnd(task, outcome);
    if (word !== undefined && outcome.output?.n !== n) return;
    this.totals[outcome.state] = (this.totals[outcome.state] ?? 0) + 1;
    if ((outcome.state === 'completed') !== follows > 0 || (outcome.state === 'failed') !== dead > 0)
      this.#fault('torn', `${n} (${kind}, ${id}) is ${outcome.state}: ${follows} follow-ups, ${dead} dead`);
  }

  #judgeEnd({ n, kind, expected }, { state, attempts }) {
    const isRight =
      kind === 'cancel' && expected !== 'cancelled'
        ? state === 'completed' || state === 'cancelled'
        : state === expected;
    if (!isRight)
      this.#fault('wrong', `${n} (${kind}) is ${state} and not ${expected}, ${attempts} attempts`);
  }

  /** Follow-ups come in the order of the completions. */
  #judgeOrder(follows) {
    const places = new Map();
    for (const { n } of follows) {
      const task = this.#tasks.get(n);
      if (task?.key === undefined) continue;
      const { key, place } = task;
      if (place < (places.get(key) ?? -1)) this.#fault('misordered', `${n}: place ${place} of ${key}`);
      places.set(key, place);
    }
  }

  #fault(kind, text) {
    this.totals[kind]++;
    if (this.faults.length < describedMax) this.faults.push(`${kind}: ${text}`);
  }

  get isBad() {
    return bad.some((name) => this.totals[name] > 0);
  }
}
