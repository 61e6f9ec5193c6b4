/** Names from certificates: one, exact, and from a verified certificate only. */
import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { nameFromCertificate } from './certificate-name.js';
import { issueCertificate } from './testing/issue-certificate.js';

type NameSource = Parameters<typeof nameFromCertificate>[1];

function nameOf(
  from: NameSource,
  request: { commonNames?: string[]; alternatives?: string[] },
  authorized = true,
): string | undefined {
  const issued = issueCertificate({ commonNames: ['ana'], ...request });
  const certificate = new X509Certificate(issued.certificate).toLegacyObject();
  return nameFromCertificate({ mechanism: 'EXTERNAL', authorized, certificate, peerAddress: '::1' }, from);
}

describe('the common name', () => {
  it('is the user', () => {
    expect(nameOf('common-name', {})).toBe('ana');
    expect(nameOf('common-name', { commonNames: ['ana, CN=guest\n/CN=root'] })).toBe(
      'ana, CN=guest\n/CN=root',
    );
  });

  it('is nobody when there are none or several, or the certificate is not verified', () => {
    expect(nameOf('common-name', { commonNames: [] })).toBeUndefined();
    expect(nameOf('common-name', { commonNames: ['ana', 'guest'] })).toBeUndefined();
    expect(nameOf('common-name', {}, false)).toBeUndefined();
  });
});

describe('an alternative name', () => {
  const alternatives = ['DNS:host.example', 'email:ana@example.org', 'URI:urn:user:ana'];

  it.each<[NameSource, string]>([
    ['alternative-dns', 'host.example'],
    ['alternative-email', 'ana@example.org'],
    ['alternative-uri', 'urn:user:ana'],
  ])('is taken by its kind: %s', (from, expected) => {
    expect(nameOf(from, { alternatives })).toBe(expected);
  });

  it('cannot be forged from inside another', () => {
    const forged = ['URI:x, email:guest', 'DNS:a", email:guest'];
    expect(nameOf('alternative-email', { alternatives: forged })).toBeUndefined();
    expect(nameOf('alternative-uri', { alternatives: forged })).toBe('x, email:guest');
  });

  it('is nobody when there are none or several', () => {
    expect(nameOf('alternative-dns', {})).toBeUndefined();
    expect(nameOf('alternative-dns', { alternatives: ['DNS:a', 'DNS:b'] })).toBeUndefined();
  });
});
