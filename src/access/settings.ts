/** The `access` section of the configuration, with its defaults. Durations in milliseconds, sizes in bytes. */
import { z } from 'zod';

const passwords = z.strictObject({
  /** Memory of one argon2id hash, in KiB (OWASP's 2025 advice for one lane: 19 MiB, two passes). */
  memoryKibibytes: z.int().min(8).max(262_144).default(19_456),
  passes: z.int().min(1).max(16).default(2),
  /** Threads that hash at the same time. */
  threads: z.int().min(1).max(2).default(2),
  /** Sign-ins that may wait for a thread; more are refused as busy. */
  waitingMax: z.int().min(1).max(100_000).default(2_000),
});

const signIn = z.strictObject({
  /** Wrong passwords one address may try for one user before it has to wait. */
  failuresPerUserMax: z.int().min(1).max(10_000).default(10),
  /** Wrong passwords one address may try over all users before it has to wait. */
  failuresPerAddressMax: z.int().min(1).max(100_000).default(100),
  /** The time in which a used-up allowance is whole again. */
  refillMs: z.int().min(1).max(86_400_000).default(60_000),
  /** Addresses and address-user pairs remembered. */
  remembered: z.int().min(16).max(1_000_000).default(20_000),
});

const audit = z.strictObject({
  fileBytesMax: z.int().min(4_096).max(1_073_741_824).default(16_777_216),
  filesMax: z.int().min(2).max(10_000).default(16),
  /** Records waiting for the disk; more are dropped and counted. */
  waitingMax: z.int().min(16).max(1_000_000).default(10_000),
  /** Equal sign-ins and refusals within this time become one record with a count. */
  coalesceMs: z.int().min(0).max(3_600_000).default(60_000),
});

const certificates = z.strictObject({
  /** Which part of a client certificate names the user under EXTERNAL. */
  nameFrom: z
    .enum(['common-name', 'alternative-dns', 'alternative-email', 'alternative-uri'])
    .default('common-name'),
});

/** Schema of the `access` section; unknown keys are errors. */
export const accessSettings = z.strictObject({
  /** Users that may sign in from this machine only. */
  loopbackUsers: z.array(z.string()).default(['guest']),
  passwords: passwords.prefault({}),
  signIn: signIn.prefault({}),
  audit: audit.prefault({}),
  certificates: certificates.prefault({}),
});

export type AccessSettings = z.infer<typeof accessSettings>;
