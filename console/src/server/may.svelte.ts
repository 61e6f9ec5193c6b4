/**
 * What whoever is signed in may do with a queue or an exchange, as the server decides it. Invariants: what is not known
 * yet is neither allowed nor refused; nothing is known of another session; and a refusal of anything makes it ask again.
 * The server refuses all the same: this only keeps from offering what would be refused.
 */
import { api } from './api.ts';
import { session } from './session.svelte.ts';

export type Right = 'configure' | 'write' | 'read';

/** Rights go by the name of a queue or an exchange; the default exchange, over which queues are published to, is ''. */
export interface RightOver {
  readonly right: Right;
  readonly kind: 'queue' | 'exchange';
  readonly vhost: string;
  readonly name: string;
}

type Rights = Readonly<Record<Right, boolean>>;

const freshMs = 30_000;
const objectsMax = 500;

class MayBook {
  #known = $state.raw<ReadonlyMap<string, Rights>>(new Map());
  readonly #askedMs = new Map<string, number>();

  constructor() {
    api.onForbidden = () => {
      this.askAgain();
    };
  }

  /** Undefined: not known yet. Reactive: a template or an effect hears of the answer when it comes. */
  may({ right, kind, vhost, name }: RightOver): boolean | undefined {
    const key = JSON.stringify([session.now?.user, kind, vhost, name]);
    const rights = this.#known.get(key);
    if (Date.now() - (this.#askedMs.get(key) ?? 0) > freshMs) {
      if (this.#askedMs.size > objectsMax) this.#askedMs.clear();
      this.#askedMs.set(key, Date.now());
      void this.#ask(key, { kind, vhost, name: name === '' ? 'amq.default' : name });
    }
    return rights?.[right];
  }

  /** Asks anew for whatever is shown, which stays until the answer comes: somebody may be typing in it. */
  askAgain(): void {
    this.#askedMs.clear();
    this.#known = new Map(this.#known);
  }

  async #ask(key: string, query: Omit<RightOver, 'right'>): Promise<void> {
    try {
      const rights = await api.ask<Rights>('/v1/permissions/check', { query });
      if (JSON.stringify(this.#known.get(key)) === JSON.stringify(rights)) return;
      this.#known = new Map([...[...this.#known].slice(-objectsMax), [key, rights]]);
    } catch {
      // Asked again when it is next wanted.
      this.#askedMs.delete(key);
    }
  }
}

const book = new MayBook();

/** Whether the user has a right over a queue or an exchange; undefined: not known yet. */
export function may(over: RightOver): boolean | undefined {
  return book.may(over);
}
