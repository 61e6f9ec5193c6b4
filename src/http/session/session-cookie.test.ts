import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../kernel/index.js';
import { browserName } from './browser-name.js';
import { clearingCookie, cookieName, hasSessionCookie, keepingCookie, tokenIn } from './session-cookie.js';
import { csrfTokenOf, digestOf, isCsrfTokenOf, newToken } from './session-token.js';

const token = 'a'.repeat(43);
const plain = (cookie?: string) =>
  ({ protocol: 'http', headers: cookie === undefined ? {} : { cookie } }) as const;
const encrypted = (cookie: string) => ({ protocol: 'https', headers: { cookie } }) as const;

describe('the cookie', () => {
  it('is out of reach of scripts and other sites, and over TLS of other hosts and plain connections', () => {
    expect(keepingCookie(plain(), token)).toBe(`sluice-session=${token}; Path=/; HttpOnly; SameSite=Strict`);
    expect(keepingCookie(encrypted(''), token)).toBe(
      `__Host-sluice-session=${token}; Path=/; HttpOnly; SameSite=Strict; Secure`,
    );
    expect(clearingCookie(plain())).toMatch(/^sluice-session=; Max-Age=0; Path=\/; HttpOnly/);
  });

  it.each([
    [`sluice-session=${token}`, token],
    [`theme=dark; sluice-session=${token};lang=en`, token],
    [`a; =; ;; sluice-session=${token}`, token],
    [`xsluice-session=${token}`, undefined],
    [`sluice-session2=${token}`, undefined],
    [`Sluice-Session=${token}`, undefined],
    [`__Host-sluice-session=${token}`, undefined],
    [`sluice-session=${token}; sluice-session=${'b'.repeat(43)}`, undefined],
    [`sluice-session=${token}; sluice-session=${token}`, undefined],
    [`sluice-session=; sluice-session=${token}`, undefined],
    [`sluice-session="${token}"`, undefined],
    [`sluice-session=${'a'.repeat(42)}`, undefined],
    [`sluice-session=${'a'.repeat(8_000)}`, undefined],
    [`sluice-session=${'='.repeat(43)}`, undefined],
    ['', undefined],
  ])('is read out of %j as %s', (header, expected) => {
    expect(tokenIn(plain(header))).toBe(expected);
  });

  it('is not taken by its plain name over TLS, nor by its name over TLS otherwise', () => {
    expect(tokenIn(encrypted(`sluice-session=${token}`))).toBeUndefined();
    expect(tokenIn(encrypted(`__Host-sluice-session=${token}`))).toBe(token);
    expect(hasSessionCookie(plain(`__Host-sluice-session=${token}`))).toBe(false);
    expect(cookieName({ protocol: 'https' })).toBe('__Host-sluice-session');
  });
});

describe('tokens', () => {
  it('have 256 bits, and neither digest nor the other token tells them', () => {
    const made = newToken(seededRandom(1));
    expect(Buffer.from(made, 'base64url')).toHaveLength(32);
    for (const derived of [digestOf(made), csrfTokenOf(made)]) {
      expect(derived).not.toBe(made);
      expect(derived).toHaveLength(43);
    }
    expect(digestOf(made)).not.toBe(csrfTokenOf(made));
  });

  it('fit their own session alone', () => {
    const csrfToken = csrfTokenOf(token);
    expect(isCsrfTokenOf(token, csrfToken)).toBe(true);
    for (const wrong of [
      undefined,
      '',
      'x',
      csrfToken.slice(1),
      csrfTokenOf('b'),
      [csrfToken],
      `${csrfToken} `,
    ])
      expect(isCsrfTokenOf(token, wrong)).toBe(false);
  });
});

describe('the name of a browser', () => {
  const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';

  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0', 'Firefox 131 on Linux'],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64) ${webkit} Chrome/130.0.0.0 Safari/537.36`,
      'Chrome 130 on Windows',
    ],
    [
      `Mozilla/5.0 (Windows NT 10.0) ${webkit} Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0`,
      'Edge 130 on Windows',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.4 Safari/605.1.15',
      'Safari 17 on macOS',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Version/17.4 Mobile/15E148 Safari/604.1',
      'Safari 17 on iPhone',
    ],
    [
      `Mozilla/5.0 (Linux; Android 14) ${webkit} Chrome/130.0.0.0 Mobile Safari/537.36`,
      'Chrome 130 on Android',
    ],
    ['curl/8.5.0', 'curl/8.5.0'],
    [undefined, 'unknown'],
    [' \u0000\u0080ÿ ', 'unknown'],
    ['a\r\nb\u001b[31m\u202e<script>', 'a b [31m <script>'],
    ['x'.repeat(16_000), 'x'.repeat(120)],
  ])('of %j is %s', (userAgent, expected) => {
    expect(browserName(userAgent)).toBe(expected);
  });
});
