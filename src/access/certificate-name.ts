/**
 * The user a client certificate names. Invariant: a certificate that is not verified, or that names none or
 * several where one is wanted, names nobody.
 */
import type { CertificateSignIn } from './types.js';
import type { AccessSettings } from './settings.js';

type NameSource = AccessSettings['certificates']['nameFrom'];

const alternativePrefix: Readonly<Record<Exclude<NameSource, 'common-name'>, string>> = {
  'alternative-dns': 'DNS:',
  'alternative-email': 'email:',
  'alternative-uri': 'URI:',
};

/** The name, or `undefined` when the certificate cannot be relied upon for one. */
export function nameFromCertificate(signIn: CertificateSignIn, from: NameSource): string | undefined {
  const { certificate } = signIn;
  if (!signIn.authorized || certificate === undefined) return undefined;
  if (from === 'common-name') return onlyCommonName(certificate);
  const alternatives = alternativesOf(certificate.subjectaltname);
  const prefix = alternativePrefix[from];
  const names = alternatives
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length));
  return names.length === 1 && names[0] !== '' ? names[0] : undefined;
}

/** A subject with several common names gives an array; a peer without a certificate an empty object. */
function onlyCommonName(certificate: unknown): string | undefined {
  const { subject } = certificate as { subject?: { CN?: unknown } };
  const name = subject?.CN;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** Node writes `DNS:a, URI:b`, quoting a value as JSON where it holds a comma or quote of its own. */
function alternativesOf(text: string | undefined): string[] {
  const entry = /(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,"]*)/gy;
  const names: string[] = [];
  for (const found of (text ?? '').matchAll(entry)) {
    const value = found[2]!;
    names.push(`${found[1]!}:${value.startsWith('"') ? unquoted(value) : value}`);
  }
  return names;
}

function unquoted(value: string): string {
  try {
    return String(JSON.parse(value));
  } catch {
    return '';
  }
}
