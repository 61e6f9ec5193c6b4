import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpFixture, type Answered, type HttpFixture } from './testing/http-fixture.js';

/** The first page with its script and style, packed. */
const firstPageBytesMax = 150_000;

let fixture: HttpFixture;

beforeAll(async () => {
  fixture = await httpFixture();
});

afterAll(() => fixture.close());

const get = (path: string): Promise<Answered> => fixture.ask('GET', path, { user: null });

function named(page: string): string[] {
  return [...page.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(([, path]) => path!);
}

describe('the console', () => {
  it('is a page that may run its own script alone, and speak to its own server alone', async () => {
    const { status, headers, text } = await get('/');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('cache-control')).toBe('no-cache');
    // Inline script and style would not run under that policy.
    expect(text).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/);
  });

  it('loads what it names, from this server, for ever, and little of it', async () => {
    const { text } = await get('/');
    const files = named(text);
    expect(files.some((path) => path.endsWith('.js'))).toBe(true);
    let bytes = gzipSync(text).length;
    for (const path of files) {
      const answer = await get(path);
      expect(answer.status, path).toBe(200);
      if (path.startsWith('/console/assets/'))
        expect(answer.headers.get('cache-control')).toContain('immutable');
      bytes += gzipSync(answer.text).length;
    }
    expect(bytes).toBeLessThan(firstPageBytesMax);
  });

  it('packs for who can unpack', async () => {
    const path = named((await get('/')).text).find((each) => each.endsWith('.js'))!;
    const plain = await fetch(`${fixture.url}${path}`, { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    const packed = await fetch(`${fixture.url}${path}`, { headers: { 'accept-encoding': 'gzip' } });
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(await packed.text()).toBe(await plain.text());
  });

  it('gives no other file', async () => {
    for (const path of [
      '/console/',
      '/console/..%2fpackage.json',
      '/console/assets/..%2f..%2fvite.config.ts',
      '/console/index.html',
      '/console/.built',
      '/package.json',
    ])
      expect((await get(path)).status, path).toBe(404);
  });
});
