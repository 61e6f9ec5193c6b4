/**
 * X.509 certificates for tests, made on the spot (RFC 5280, ECDSA on P-256), so that no key is kept in the
 * repository and none of them ever expires there.
 */
import { createPrivateKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** A certificate with its key, as PEM. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateRequest {
  /** The subject's common names; usually one. */
  readonly commonNames: readonly string[];
  /** Entries such as `DNS:localhost`, `email:a@b.c`, `URI:urn:x`. */
  readonly alternatives?: readonly string[];
  /** Who signs; without one the certificate signs itself, as an authority. */
  readonly authority?: Issued & { readonly commonName: string };
  readonly validFromMs?: number;
  readonly validToMs?: number;
}

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
const alternativeTags = new Map([
  ['email', 0x81],
  ['DNS', 0x82],
  ['URI', 0x86],
]);

/** Issues a certificate with a new key. */
export function issueCertificate(request: CertificateRequest): Issued {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { authority } = request;
  const subject = nameOf(request.commonNames);
  const content = sequence(
    explicit(0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    authority === undefined ? subject : nameOf([authority.commonName]),
    sequence(time(request.validFromMs ?? Date.UTC(2020)), time(request.validToMs ?? Date.UTC(2049))),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(basicConstraints(authority === undefined), ...alternativeNames(request))),
  );
  const signer: KeyObject = authority === undefined ? privateKey : createPrivateKey(authority.key);
  const signature = sign('sha256', content, signer);
  const certificate = sequence(content, ecdsaWithSha256, bits(signature));
  const lines = certificate
    .toString('base64')
    .match(/.{1,64}/g)!
    .join('\n');
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function basicConstraints(isAuthority: boolean): Buffer {
  const value = isAuthority ? sequence(der(0x01, Buffer.from([0xff]))) : sequence();
  return sequence(oid('551d13'), der(0x01, Buffer.from([0xff])), der(0x04, value));
}

function alternativeNames(request: CertificateRequest): Buffer[] {
  if (request.alternatives === undefined) return [];
  const names = request.alternatives.map((entry) => {
    const colon = entry.indexOf(':');
    return der(alternativeTags.get(entry.slice(0, colon))!, Buffer.from(entry.slice(colon + 1)));
  });
  return [sequence(oid('551d11'), der(0x04, sequence(...names)))];
}

function nameOf(commonNames: readonly string[]): Buffer {
  const parts = commonNames.map((name) => der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))));
  return sequence(...parts);
}

function time(atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}

function explicit(tag: number, value: Buffer): Buffer {
  return der(0xa0 + tag, value);
}

function oid(hexadecimal: string): Buffer {
  return der(0x06, Buffer.from(hexadecimal, 'hex'));
}

function bits(value: Buffer): Buffer {
  return der(0x03, Buffer.concat([Buffer.from([0]), value]));
}

function sequence(...items: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(items));
}

function der(tag: number, value: Buffer): Buffer {
  const { length } = value;
  const prefix =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...prefix]), value]);
}
