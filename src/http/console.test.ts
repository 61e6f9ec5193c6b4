import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpFixture, type Answered, type HttpFixture } from './testing/http-fixture.js';

let fixture: HttpFixture;

beforeAll(async () => {
  fixture = await httpFixture();
});

afterAll(() => fixture.close());

const get = (path: string): Promise<Answered> => fixture.ask('GET', path, { user: null });

describe('the console', () => {
  it('is a page that may run its own script alone, and speak to its own server alone', async () => {
    const { status, headers, text } = await get('/');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(headers.get('x-frame-options')).toBe('DENY');
    // Inline script and style would not run under that policy.
    expect(text).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/);
  });

  it('loads what it names, from this server', async () => {
    const { text } = await get('/');
    const named = [...text.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(([, path]) => path!);
    expect(named).toEqual(['/console/console.css', '/console/console.js']);
    for (const path of [...named, '/console/texts.js']) {
      const { status, headers } = await get(path);
      expect(status, path).toBe(200);
      expect(headers.get('content-type')).toMatch(path.endsWith('css') ? /^text\/css/ : /^text\/javascript/);
    }
    for (const { url, text: content } of await Promise.all(
      named.map(async (url) => ({ url, ...(await get(url)) })),
    )) {
      expect(content, url).not.toMatch(/https?:\/\//);
    }
  });

  it('gives no other file', async () => {
    for (const path of ['/console/', '/console/..%2fpackage.json', '/console/index.html', '/package.json']) {
      expect((await get(path)).status, path).toBe(404);
    }
  });

  it('shows what comes from the server as text, keeps the password nowhere, and names what the page has', async () => {
    const { text: script } = await get('/console/console.js');
    expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function/);
    expect(script).not.toMatch(/localStorage|sessionStorage|document\.cookie|indexedDB/);
    const { text: page } = await get('/');
    for (const [, id] of script.matchAll(/byId\('([\w-]+)'\)/g)) expect(page).toContain(`id="${id!}"`);
  });

  it('has the same words in both languages, and every word that the page asks for', async () => {
    const source = readFileSync(new URL('../../console/texts.js', import.meta.url), 'utf8');
    const [english, chinese] = ['en', 'zh'].map((language) => {
      const block = new RegExp(`${language}: \\{([^}]*)\\}`).exec(source)![1]!;
      return [...block.matchAll(/(\w+): '/g)].map(([, key]) => key!).sort();
    });
    expect(chinese).toEqual(english);
    const { text: page } = await get('/');
    for (const [, key] of page.matchAll(/data-text="(\w+)"/g)) expect(english).toContain(key);
  });

  it('asks only for what the API has', async () => {
    const { text: script } = await get('/console/console.js');
    const paths = new Set([...script.matchAll(/'(\/v1\/\w+)'|`(\/v1\/\w+)\?/g)].map(([, a, b]) => a ?? b!));
    expect([...paths].sort()).toEqual(['/v1/events', '/v1/journal', '/v1/queues', '/v1/whoami']);
    const { json } = await get('/v1/openapi.json');
    for (const path of paths) expect(Object.keys(json['paths'] as object)).toContain(path);
  });
});
