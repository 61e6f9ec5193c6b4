/**
 * The users of a store that is new: `guest` with full rights on `/`, which signs in from this machine only;
 * or, where a password file is given, one administrator in its place.
 */
import { SluiceError, systemCodeOf, type Disk, readWhole } from '../kernel/index.js';
import type { PasswordPool } from './password-pool.js';
import { checkPassword } from './password-format.js';
import type { UserRecord } from './user-record.js';

const passwordFileBytesMax = 4_096;
const everything = { configure: '.*', write: '.*', read: '.*' } as const;

/** Someone with every right on the server and on `/`. */
export async function firstAdministrator(
  user: { readonly id: string; readonly name: string; readonly password: string },
  pool: PasswordPool,
): Promise<UserRecord> {
  const hash = await pool.hash(user.password);
  return {
    id: user.id,
    name: user.name,
    tags: ['administrator'],
    password: { kind: 'argon2id', hash },
    permissions: [{ vhost: '/', ...everything }],
    topicPermissions: [],
  };
}

/**
 * Reads a password from a file, without the line break at its end. Rejects with `config-invalid` when the
 * file cannot be read or holds no usable password.
 */
export async function readPasswordFile(disk: Disk, path: string): Promise<string> {
  let content: Buffer;
  try {
    content = await readWhole(disk, path, passwordFileBytesMax);
  } catch (cause) {
    const why = systemCodeOf(cause) ?? 'too large';
    throw new SluiceError('config-invalid', `the password file ${path} cannot be read (${why})`, { cause });
  }
  const password = content.toString('utf8').replace(/\r?\n$/, '');
  try {
    checkPassword(password);
  } catch (cause) {
    throw new SluiceError('config-invalid', `the password file ${path} holds no usable password`, { cause });
  }
  return password;
}
