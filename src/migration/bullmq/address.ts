/** The address of queues of BullMQ: `bullmq://user:password@host:port/db?prefix=bull&queue=a,b`. Pure. */
import { SluiceError } from '../../kernel/index.js';

export interface BullmqAddress {
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  /** `bullmqs:`. */
  readonly isEncrypted: boolean;
  readonly prefix: string;
  /** All where none is named. */
  readonly queues: readonly string[];
}

const redisPort = 6379;

/** Throws `bad-input`. A password may come apart from the address, which others can see. */
export function parseBullmqAddress(text: string, password: string | undefined): BullmqAddress {
  // The address may hold a password: it is never repeated.
  if (!/^bullmqs?:\/\//i.test(text) || !URL.canParse(text))
    throw refusal('the source cannot be read; it looks like bullmq://user:password@host:6379/0?queue=mail');
  const { protocol, hostname, port, username, password: written, pathname, searchParams } = new URL(text);
  for (const name of searchParams.keys())
    if (name !== 'prefix' && name !== 'queue')
      throw refusal(`'${name}' is unknown in the address of a source; it takes prefix and queue`);
  return {
    host: hostname === '' ? 'localhost' : hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? redisPort : Number(port),
    username: username === '' ? undefined : decodeURIComponent(username),
    password: written === '' ? password : decodeURIComponent(written),
    database: databaseOf(pathname),
    isEncrypted: protocol === 'bullmqs:',
    prefix: searchParams.get('prefix') ?? 'bull',
    queues: searchParams
      .getAll('queue')
      .flatMap((names) => names.split(','))
      .filter((name) => name !== ''),
  };
}

function databaseOf(pathname: string): number {
  const text = pathname.replace(/^\//, '');
  if (text === '') return 0;
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw refusal(`the database of a source is a number, not '${text}'`);
}

function refusal(message: string): SluiceError {
  return new SluiceError('bad-input', message);
}
