import { describe, expect, it } from 'vitest';
import type { Identity } from '../../access/index.js';
import { FakeClock, seededRandom } from '../../kernel/index.js';
import { SessionBook, type Session, type SessionLimits } from './session-book.js';

const limits: SessionLimits = { idleMs: 30, longestMs: 200, perUserMax: 3, sessionsMax: 8 };

function identityOf(name: string): Identity {
  return { kind: 'user', name, id: name, source: '127.0.0.1', tags: [], version: 1 };
}

function sessionAt(nowMs: number, number: number, user: string): Session {
  return {
    ...{ id: `i${number}`, digest: `d${number}`, identity: identityOf(user), browser: 'test' },
    ...{ openedMs: nowMs, endsMs: nowMs + limits.longestMs, lastUsedMs: nowMs },
  };
}

/** What is open, as a plain list: the rules of the book, worked out the long way. */
class Model {
  open: Session[] = [];

  isDue(session: Session, nowMs: number): boolean {
    return nowMs >= session.openedMs + limits.longestMs || nowMs >= session.lastUsedMs + limits.idleMs;
  }

  add(session: Session): readonly Session[] | 'full' {
    const own = this.open.filter(({ identity }) => identity.name === session.identity.name);
    const replaced = own.length < limits.perUserMax ? [] : own.slice(0, 1);
    if (this.open.length - replaced.length >= limits.sessionsMax) return 'full';
    this.open = [...this.open.filter((each) => !replaced.includes(each)), session];
    return replaced;
  }

  remove(session: Session): boolean {
    const wasOpen = this.open.includes(session);
    this.open = this.open.filter((each) => each !== session);
    return wasOpen;
  }
}

const users = ['ann', 'ben', '__proto__', 'constructor'];

function play(seed: number): void {
  const random = seededRandom(seed);
  const clock = new FakeClock();
  const book = new SessionBook(limits);
  const model = new Model();
  const ever: Session[] = [];
  const anyone = (): Session | undefined => ever[random.integer(Math.max(1, ever.length))];
  for (let step = 0; step < 200; step++) {
    const nowMs = clock.now();
    switch (random.integer(5)) {
      case 0: {
        const session = sessionAt(nowMs, step, users[random.integer(users.length)]!);
        ever.push(session);
        const opening = book.open(session);
        expect(opening.kind === 'full' ? 'full' : opening.replaced, `seed ${seed}`).toEqual(
          model.add(session),
        );
        break;
      }
      case 1:
        clock.advance(random.integer(20));
        break;
      case 2: {
        const session = anyone();
        if (session !== undefined) expect(book.remove(session), `seed ${seed}`).toBe(model.remove(session));
        break;
      }
      case 3: {
        const session = anyone();
        if (session === undefined || book.find(session.digest, nowMs) === undefined) break;
        session.lastUsedMs = nowMs;
        break;
      }
      case 4: {
        const due = model.open.filter((session) => model.isDue(session, nowMs));
        model.open = model.open.filter((session) => !due.includes(session));
        expect(book.expire(nowMs), `seed ${seed}`).toEqual(due);
      }
    }
    check(seed, book, model, ever, clock.now());
  }
}

/** Everything that can be asked, as one text: comparing it costs less than comparing each answer. */
function check(seed: number, book: SessionBook, model: Model, ever: readonly Session[], nowMs: number): void {
  const idOf = (session: Session | undefined): string => session?.id ?? '-';
  const said = (
    all: readonly Session[],
    ofUser: (user: string) => readonly Session[],
    byId: (session: Session) => Session | undefined,
    find: (session: Session) => Session | undefined,
    next: number | undefined,
  ): string =>
    JSON.stringify([all, ...users.map(ofUser), ever.map(byId), ever.map(find)].map((row) => row.map(idOf))) +
    String(next);
  const ifOpen = (session: Session) => (model.open.includes(session) ? session : undefined);
  const dues = model.open.map(({ lastUsedMs, endsMs }) => Math.min(endsMs, lastUsedMs + limits.idleMs));
  const expected = said(
    model.open,
    (user) => model.open.filter(({ identity }) => identity.name === user),
    ifOpen,
    (session) => (model.isDue(session, nowMs) ? undefined : ifOpen(session)),
    dues.length === 0 ? undefined : Math.min(...dues),
  );
  const answered = said(
    [...book.all()],
    (user) => book.ofUser(user),
    ({ id }) => book.byId(id),
    ({ digest }) => book.find(digest, nowMs),
    book.nextDueMs(),
  );
  expect(answered, `seed ${seed}`).toBe(expected);
  const most = Math.max(...users.map((user) => book.ofUser(user).length));
  expect(most <= limits.perUserMax && book.count <= limits.sessionsMax, `seed ${seed}`).toBe(true);
}

describe('the book of sessions', () => {
  it('is as a plain list would be, whatever happens', () => {
    const first = Number(process.env['SEED'] ?? 1);
    for (let seed = first; seed < first + 60; seed++) play(seed);
  });

  it('lets a session in use go when it has lasted as long as it may', () => {
    const book = new SessionBook(limits);
    const session = sessionAt(0, 1, 'ann');
    book.open(session);
    for (let nowMs = 0; nowMs < limits.longestMs; nowMs += 10) {
      expect(book.find('d1', nowMs)).toBe(session);
      session.lastUsedMs = nowMs;
    }
    expect(book.find('d1', limits.longestMs)).toBeUndefined();
  });
});
