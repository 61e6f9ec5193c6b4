/** Sessions of browsers on a real server and in a program: by HTTP, on the command line, in the audit log and metrics. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, type Answered } from '../../src/http/testing/http-fixture.js';
import { open } from '../../src/index.js';
import { makeWorkplace, type Server, type Workplace } from '../cli/sluice.js';

const credentials = { user: 'guest', password: 'guest' };

function signIn(url: string): Promise<Answered> {
  return ask(url, 'POST', '/v1/session', { user: null, json: credentials });
}

function withCookie(url: string, answer: Answered, path = '/v1/session'): Promise<Answered> {
  const cookie = answer.headers.get('set-cookie')!.split(';')[0]!;
  return ask(url, 'GET', path, { user: null, headers: { cookie } });
}

describe('a server', () => {
  let place: Workplace;
  let server: Server;
  let url: string;

  beforeAll(async () => {
    place = await makeWorkplace();
    await writeFile(join(place.folder, 'sluice.yaml'), 'http: { session: { idle: 2m, longest: 1h } }\n');
    server = place.up(['--http', '0']);
    url = `http://127.0.0.1:${(await server.ready).ports.http!}`;
  });

  afterAll(() => place.close());

  async function json<Result>(...words: string[]): Promise<Result> {
    const { code, stdout, stderr } = await place.sluice([...words, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as Result;
  }

  it('keeps a browser signed in as long as its settings say', async () => {
    const { openedMs, idleEndsMs, endsMs } = (await signIn(url)).json as unknown as Record<string, number>;
    expect([idleEndsMs! - openedMs!, endsMs! - openedMs!]).toEqual([120_000, 3_600_000]);
  });

  it('lists and ends sessions on the command line, which is audited without a secret', async () => {
    const [one, other] = [await signIn(url), await signIn(url)];
    const sessions = await json<{ id: string; user: string; address: string }[]>('session', 'list');
    expect(sessions.at(-1)).toMatchObject({ user: 'guest', address: '127.0.0.1' });
    expect((await place.sluice(['session', 'list'])).stdout).toMatch(/^ID +USER +ADDRESS +BROWSER/);
    const otherId = sessions.at(-1)!.id;
    expect(await json('session', 'end', otherId)).toEqual({ id: otherId, ended: 1 });
    expect((await withCookie(url, other)).status).toBe(204);
    expect((await withCookie(url, one)).status).toBe(200);
    expect((await place.sluice(['session', 'end', otherId])).code).not.toBe(0);
    expect(await json('session', 'end', '--user', 'nobody')).toEqual({ user: 'nobody', ended: 0 });
    expect(await json('session', 'end', '--user', 'guest')).toMatchObject({ user: 'guest' });
    expect((await withCookie(url, one)).status).toBe(204);
    expect((await place.sluice(['session', 'list'])).stdout).toBe('No browser is signed in.\n');
    for (const words of [
      ['session', 'end'],
      ['session', 'end', 'x', '--user', 'y'],
    ])
      expect((await place.sluice(words)).code).toBe(2);
    const { stdout: audit } = await place.sluice(['audit', 'tail']);
    expect(audit).toContain(`session ${otherId} of user 'guest'`);
    expect(audit).not.toContain(other.headers.get('set-cookie')!.split(/[=;]/)[1]);
  });

  it('measures how many are signed in', async () => {
    await signIn(url);
    // What was measured lately is not measured again at once.
    const scrape = async (): Promise<string> => (await ask(url, 'GET', '/metrics', { user: null })).text;
    await expect
      .poll(scrape, { timeout: 30_000 })
      .toMatch(/^sluice_http_sessions\{engine="embedded"\} [1-9]/m);
  }, 60_000);

  it('knows no session any more after a restart', async () => {
    const before = await signIn(url);
    expect((await server.end('SIGTERM', 20_000)).code).toBe(0);
    server = place.up(['--http', '0']);
    url = `http://127.0.0.1:${(await server.ready).ports.http!}`;
    expect((await withCookie(url, before)).status).toBe(204);
  });
});

describe('a program', () => {
  it('signs browsers in for as long as it says, and refuses what makes no sense', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sluice-session-'));
    const app = await open({ engine: directory, http: { port: 0, session: { idle: '5m' } } });
    try {
      const url = `http://127.0.0.1:${app.ports['http']!}`;
      const answer = await signIn(url);
      const { openedMs, idleEndsMs } = answer.json as unknown as Record<string, number>;
      expect(idleEndsMs! - openedMs!).toBe(300_000);
      expect((await withCookie(url, answer, '/v1/sessions')).json.items).toMatchObject([{ isOwn: true }]);
    } finally {
      await app.close();
      await rm(directory, { recursive: true, force: true });
    }
  });

  it.each([
    [{ session: { idle: '10s' } }, 'config-invalid', 'http.session.idle'],
    [{ session: { idle: '2h', longest: '1h' } }, 'config-invalid', 'http.session.idle'],
    [{ session: { forever: true } }, 'config-invalid', 'forever'],
    [{ prot: 0 }, 'bad-input', 'port'],
    [{ port: 70_000 }, 'bad-input', 'http is a port'],
    [null, 'bad-input', 'http'],
  ])('is not opened with %j', async (http, code, text) => {
    const engine = join(tmpdir(), 'sluice-session-never');
    await expect(open({ engine, http: http as never })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(text) as string,
    });
  });
});
