/** A browser as far as sessions go: it keeps the cookie that it was given, and sends what its page knows. */
import { assert } from '../../kernel/index.js';
import type { Answered, HttpFixture } from './http-fixture.js';

const chrome =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36';

/** The cookie that an answer sets, `name=value`. */
export function cookieOf(answer: Answered): string {
  return (answer.headers.get('set-cookie') ?? '').split(';')[0]!;
}

export class Browser {
  readonly #fixture: HttpFixture;
  cookie = '';
  csrfToken = '';

  constructor(fixture: HttpFixture) {
    this.#fixture = fixture;
  }

  /** Signs in; the password is the name unless given. */
  async signIn(user: string, password = user): Promise<Answered> {
    const headers = { 'user-agent': chrome, ...(this.cookie === '' ? {} : { cookie: this.cookie }) };
    const answer = await this.#fixture.ask('POST', '/v1/session', {
      ...{ user: null, json: { user, password }, headers },
    });
    if (answer.status !== 201) return answer;
    this.cookie = cookieOf(answer);
    this.csrfToken = String(answer.json['csrfToken']);
    return answer;
  }

  /** A request of the page. */
  ask(method: string, path: string, json?: unknown): Promise<Answered> {
    const isSafe = method === 'GET' || method === 'HEAD';
    const headers = { cookie: this.cookie, ...(isSafe ? {} : { 'x-csrf-token': this.csrfToken }) };
    return this.#fixture.ask(method, path, { user: null, headers, ...(json === undefined ? {} : { json }) });
  }

  /** A request as any page could make the browser send it: the cookie goes along, and nothing else. */
  bare(method: string, path: string, more: Readonly<Record<string, string>> = {}): Promise<Answered> {
    return this.#fixture.ask(method, path, { user: null, headers: { cookie: this.cookie, ...more } });
  }
}

/** A browser in which this user is signed in. */
export async function signedIn(fixture: HttpFixture, user = 'guest'): Promise<Browser> {
  const browser = new Browser(fixture);
  assert((await browser.signIn(user)).status === 201, 'the user signs in');
  return browser;
}
