/** PEM files as an operator keeps them: read whole, bounded, with the permissions of the very file that was read. */
import { open } from 'node:fs/promises';
import { X509Certificate } from 'node:crypto';
import { messageOf, SluiceError, systemCodeOf } from '../kernel/index.js';

const pemBytesMax = 1024 * 1024;
const othersMayRead = 0o004;

export interface PemFile {
  readonly path: string;
  readonly text: string;
  /** Whether every user of the machine may read it. */
  readonly isReadableByAll: boolean;
}

/** Reads a PEM file. Rejects with `config-invalid` naming the path. */
export async function readPem(path: string): Promise<PemFile> {
  try {
    const file = await open(path, 'r');
    try {
      const { mode, size } = await file.stat();
      if (size > pemBytesMax) throw new SluiceError('config-invalid', `larger than ${pemBytesMax} bytes`);
      return { path, text: await file.readFile('utf8'), isReadableByAll: (mode & othersMayRead) !== 0 };
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw invalidPem(path, `cannot be read: ${systemCodeOf(cause) ?? messageOf(cause)}`, cause);
  }
}

/** Every certificate in the file, at least one. Throws `config-invalid` if any cannot be read. */
export function certificatesIn(file: PemFile): readonly [X509Certificate, ...X509Certificate[]] {
  const blocks = file.text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  const begun = file.text.split('-----BEGIN').length - 1;
  if (blocks.length === 0 || blocks.length !== begun) {
    throw invalidPem(file.path, 'is not a list of whole PEM certificates');
  }
  try {
    const [first, ...others] = blocks.map((block) => new X509Certificate(block));
    return [first!, ...others];
  } catch (cause) {
    throw invalidPem(file.path, 'holds a damaged certificate', cause);
  }
}

/** The error for a file that cannot be used. `what` never quotes the file. */
export function invalidPem(path: string, what: string, cause?: unknown): SluiceError {
  return new SluiceError('config-invalid', `${path} ${what}`, { cause, details: { path } });
}
