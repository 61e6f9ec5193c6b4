/** What the backlogs hold: arguments of the queue, and headers or properties of its nth message. */

const hour = 3_600_000;

/** Each kind of backlog by name. `message(n)` gives the properties of the nth message. */
export const kinds = {
  plain: { queue: {}, message: () => ({ deliveryMode: 2 }) },
  ttl: {
    queue: {},
    message: (n) => ({ deliveryMode: 2, expiration: String(24 * hour + (n % 1000)) }),
  },
  priority: {
    queue: { 'x-max-priority': 10 },
    message: (n) => ({ deliveryMode: 2, priority: n % 10 }),
  },
  deadline: {
    queue: { 'x-order': 'deadline' },
    // Spread so that arrival order and deadline order differ everywhere.
    message: (n) => ({ deliveryMode: 2, headers: { 'x-deadline': farFuture + ((n * 7919) % 10_000_000) } }),
  },
  key: {
    queue: {},
    message: (n) => ({ deliveryMode: 2, headers: { 'x-key': `key-${n % 100_000}` } }),
  },
  all: {
    queue: { 'x-order': 'deadline', 'x-max-priority': 10 },
    message: (n) => ({
      deliveryMode: 2,
      priority: n % 10,
      expiration: String(24 * hour + (n % 1000)),
      headers: { 'x-deadline': farFuture + ((n * 7919) % 10_000_000), 'x-key': `key-${n % 100_000}` },
    }),
  },
};

const farFuture = Date.now() + 24 * hour;
