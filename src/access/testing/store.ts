/** An access store on a simulated disk, with passwords that are cheap to hash, for the tests of this folder. */
import { createHash } from 'node:crypto';
import { assert, FakeClock, seededRandom, SimulatedDisk, type Disk } from '../../kernel/index.js';
import {
  accessSettings,
  openAccess,
  type Access,
  type Actor,
  type Identity,
  type SignInOutcome,
} from '../index.js';

export const cheapPasswords = { memoryKibibytes: 8, passes: 1 };

const opened: Access[] = [];
let clock = new FakeClock();

export function newDisk(): SimulatedDisk {
  return new SimulatedDisk({ random: seededRandom(1) });
}

/** Opens the store of `disk`; {@link closeStores} closes it. */
export async function openStore(
  disk: Disk = newDisk(),
  settings: Record<string, unknown> = {},
): Promise<Access> {
  const access = await openAccess({
    directory: '/data',
    disk,
    clock,
    random: seededRandom(7),
    settings: accessSettings.parse({ passwords: cheapPasswords, ...settings }),
  });
  opened.push(access);
  return access;
}

/** A new store in which `ana` has the password `secret`. */
export async function storeWithUser(settings: Record<string, unknown> = {}): Promise<Access> {
  const access = await openStore(newDisk(), settings);
  await access.addUser({ name: 'ana', password: 'secret' }, operator(access));
  return access;
}

/** Lets time pass for every open store. */
export function advanceTime(byMs: number): void {
  clock.advance(byMs);
}

/** Closes what was opened and starts time anew; after each test. */
export async function closeStores(): Promise<void> {
  await Promise.all(opened.splice(0).map((access) => access.close()));
  clock = new FakeClock();
}

export function operator(access: Access): Actor {
  return { identity: access.operator, source: 'test' };
}

export function signIn(
  access: Access,
  user: string,
  password: string,
  peerAddress = '127.0.0.1',
): Promise<SignInOutcome> {
  return access.authenticate({ mechanism: 'PLAIN', user, password, peerAddress });
}

export async function identityOf(access: Access, user: string, password: string): Promise<Identity> {
  const outcome = await signIn(access, user, password);
  assert(outcome.ok, `${user} did not get in`);
  return outcome.identity;
}

/** Why a sign-in was refused; `none` when it was not. */
export function refusal(outcome: SignInOutcome): string {
  return outcome.ok ? 'none' : outcome.reason;
}

/** A password as RabbitMQ exports it. */
export function rabbitHash(digest: 'md5' | 'sha256' | 'sha512', password: string): string {
  const salt = Buffer.from([0x90, 0x8d, 0xc6, 0x0a]);
  return Buffer.concat([salt, createHash(digest).update(salt).update(password).digest()]).toString('base64');
}
