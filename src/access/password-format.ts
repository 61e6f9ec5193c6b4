/**
 * How stored passwords look. Ours is a PHC string of argon2id; RabbitMQ's is
 * `base64( salt[4] || digest( salt || password ) )` with MD5, SHA-256 or SHA-512.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { SluiceError } from '../kernel/index.js';

/** RabbitMQ's algorithms, under their names in a definitions file. */
export const importedAlgorithms = [
  'rabbit_password_hashing_sha256',
  'rabbit_password_hashing_sha512',
  'rabbit_password_hashing_md5',
] as const;

export type ImportedAlgorithm = (typeof importedAlgorithms)[number];

/** The name of our own in an exported definitions file. */
export const argon2idAlgorithm = 'sluice_password_hashing_argon2id';

/** Every algorithm that a definitions file may name. */
export const hashingAlgorithms = [...importedAlgorithms, argon2idAlgorithm] as const;

/** Longest password, in bytes of UTF-8; a longer one is never right. */
export const passwordBytesMax = 1_024;

const saltBytes = 4;
const memoryKibibytesMax = 262_144;
const passesMax = 16;
const lanesMax = 4;
const digests: Readonly<Record<ImportedAlgorithm, { readonly digest: string; readonly bytes: number }>> = {
  rabbit_password_hashing_md5: { digest: 'md5', bytes: 16 },
  rabbit_password_hashing_sha256: { digest: 'sha256', bytes: 32 },
  rabbit_password_hashing_sha512: { digest: 'sha512', bytes: 64 },
};

/** Why `hash` cannot be one of RabbitMQ's hashes; `undefined` when it can. */
export function importedHashProblem(hash: string, algorithm: ImportedAlgorithm): string | undefined {
  const expected = saltBytes + digests[algorithm].bytes;
  const decoded = Buffer.from(hash, 'base64');
  if (decoded.toString('base64') !== hash) return 'password hash is not base64';
  return decoded.length === expected
    ? undefined
    : `password hash has ${decoded.length} bytes, not ${expected}`;
}

/** Whether `password` is the one behind a RabbitMQ hash; compared in constant time. */
export function matchesImported(hash: string, algorithm: ImportedAlgorithm, password: string): boolean {
  const stored = Buffer.from(hash, 'base64');
  const { digest, bytes } = digests[algorithm];
  if (stored.length !== saltBytes + bytes) return false;
  const salt = stored.subarray(0, saltBytes);
  const actual = createHash(digest).update(salt).update(password).digest();
  return timingSafeEqual(actual, stored.subarray(saltBytes));
}

/**
 * Why `hash` cannot be one of ours; `undefined` when it can. The cost is bounded, since whoever imports a
 * hash would otherwise choose how much memory each sign-in takes.
 */
export function argon2idProblem(hash: string): string | undefined {
  const form =
    /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}$/;
  const found = form.exec(hash);
  if (found === null) return 'password hash is not an argon2id PHC string';
  const [memory, passes, lanes] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const withinCost = memory <= memoryKibibytesMax && passes <= passesMax && lanes <= lanesMax;
  const possible = passes >= 1 && lanes >= 1 && memory >= 8 * lanes;
  return withinCost && possible ? undefined : 'password hash has costs out of range';
}

/** Whether a hash of ours was made at the given cost. */
export function hasCost(
  hash: string,
  cost: { readonly memoryKibibytes: number; readonly passes: number },
): boolean {
  return hash.startsWith(`$argon2id$v=19$m=${cost.memoryKibibytes},t=${cost.passes},p=1$`);
}

/** Throws `bad-input` unless `password` may be set. */
export function checkPassword(password: string): void {
  const bytes = Buffer.byteLength(password);
  if (bytes === 0) throw new SluiceError('bad-input', 'the password is empty');
  if (bytes > passwordBytesMax) {
    throw new SluiceError('bad-input', `the password has ${bytes} bytes; ${passwordBytesMax} are allowed`);
  }
}
