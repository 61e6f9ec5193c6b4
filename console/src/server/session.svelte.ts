/**
 * Who is signed in. Invariants: a password is in memory only while the form is sent; a session that ended by itself
 * leaves its pages as they are, with all that was typed, until somebody signs in.
 */
import { api, Refusal } from './api.ts';

export interface Session {
  readonly user: string;
  readonly tags: readonly string[];
  readonly csrfToken: string;
}

/** Between the tabs of one browser: who signs out does so in all of them. */
const tabs = new BroadcastChannel('sluice.sign-out');

class SessionKeeper {
  /** Undefined: not known yet; null: nobody. Whose session is over is still here: the pages are theirs. */
  now = $state.raw<Session | null | undefined>(undefined);
  /** Whether the server knows the session no more. */
  isOver = $state(false);

  constructor() {
    api.onSignedOut = () => {
      this.#end();
    };
    tabs.onmessage = () => {
      this.#is(null);
    };
  }

  /** Finds out whether the browser has a session. Throws `Unreachable`. */
  async look(): Promise<void> {
    const token = api.csrfToken;
    try {
      const session = await api.ask<Session | undefined>('/v1/session');
      if (session !== undefined) {
        this.#is(session);
        return;
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    // Somebody may have signed in while it was asked.
    if (token === api.csrfToken) this.#end();
  }

  /** Throws `Refusal` with the reason, or `Unreachable`. */
  async signIn(user: string, password: string): Promise<void> {
    this.#is(await api.ask<Session>('/v1/session', { method: 'POST', body: { user, password } }));
  }

  /** Throws `Unreachable`; somebody else could go on with a session that the server still knows. */
  async signOut(): Promise<void> {
    try {
      await api.ask('/v1/session', { method: 'DELETE' });
    } catch (error) {
      if (!(error instanceof Refusal && error.status === 401)) throw error;
    }
    tabs.postMessage('');
    this.#is(null);
  }

  /** Another password for oneself. It ends every session, so this browser signs in again with the new one. */
  async changePassword(oldPassword: string, newPassword: string): Promise<void> {
    const user = this.now?.user ?? '';
    await api.ask('/v1/whoami/password', { method: 'PUT', body: { oldPassword, newPassword } });
    await this.signIn(user, newPassword);
  }

  /** Whether the user has a tag that gives the right; the server decides all the same. */
  may(right: 'monitor' | 'administer'): boolean {
    const tags = this.now?.tags ?? [];
    return tags.includes('administrator') || (right === 'monitor' && tags.includes('monitoring'));
  }

  /** The server does not know the session, or no more. */
  #end(): void {
    if (!this.now) {
      this.#is(null);
      return;
    }
    this.isOver = true;
    api.csrfToken = '';
  }

  #is(session: Session | null): void {
    // What is the same stays the same object, so that nobody begins anew for it.
    if (JSON.stringify(this.now) !== JSON.stringify(session)) this.now = session;
    this.isOver = false;
    api.csrfToken = session?.csrfToken ?? '';
  }
}

export const session = new SessionKeeper();
