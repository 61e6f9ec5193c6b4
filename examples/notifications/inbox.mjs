/**
 * What each user was notified of, as records, numbered without gaps. Invariant: one task adds one notification,
 * however often it is delivered; a number, once told, stays what it is for a day.
 */
const keepMs = 86_400_000;
const digits = 12;

export class Inbox {
  #engine;

  constructor(engine) {
    this.#engine = engine;
  }

  /** Adds a notification of the task `taskId` under the next number. The tasks of one user come one at a time. */
  async add(user, taskId, text) {
    const counterKey = `inbox-last/${user}`;
    const counter = await this.#engine.records.get(counterKey);
    const last = counter === undefined ? { number: 0 } : JSON.parse(counter.value.toString());
    // It was added before a crash, and its task comes again.
    if (last.taskId === taskId) return;
    const number = last.number + 1;
    const outcome = await this.#engine.commit({
      sends: [],
      puts: [
        { key: entryKey(user, number), value: json({ number, text, at: new Date() }), ttlMs: keepMs },
        { key: counterKey, value: json({ number, taskId }), expected: counter?.version ?? 'absent' },
      ],
    });
    if (outcome.kind === 'conflict') throw new Error(`somebody else notified ${user} at the same time`);
  }

  /** The notifications of a user after `number`, in order. */
  async after(user, number) {
    const entries = await this.#engine.records.scan(entryPrefix(user));
    const notifications = entries.map(({ value }) => JSON.parse(value.toString()));
    return notifications.filter((one) => one.number > number).sort((a, b) => a.number - b.number);
  }

  /** Calls `listener(user, notification)` for each one that is added, by whichever process. */
  watch(listener, signal) {
    const told = ({ key, entry }) => {
      if (entry !== undefined) listener(key.split('/')[1], JSON.parse(entry.value.toString()));
    };
    return this.#engine.records.watch('inbox/', told, signal);
  }
}

function entryPrefix(user) {
  return `inbox/${user}/`;
}

function entryKey(user, number) {
  return entryPrefix(user) + String(number).padStart(digits, '0');
}

function json(value) {
  return Buffer.from(JSON.stringify(value));
}
