/**
 * A user as stored, and its schema. Lists rather than objects keyed by name, so that no name (`__proto__`)
 * means anything to the language.
 */
import { z } from 'zod';
import { argon2idProblem, importedAlgorithms } from './password-format.js';
import { userTags } from './types.js';
import { messageOf, pattern } from '../kernel/index.js';
import { checkName } from './names.js';

const name = (what: Parameters<typeof checkName>[0]) =>
  z.string().superRefine(
    problemOf((text) => {
      checkName(what, text);
    }),
  );
const namePattern = z.string().superRefine(problemOf((text) => pattern(text)));
const topicPattern = z.string().superRefine(problemOf((text) => pattern(text, new Map())));

const storedPassword = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('argon2id'),
    hash: z.string().refine((hash) => argon2idProblem(hash) === undefined),
  }),
  z.strictObject({ kind: z.literal('imported'), algorithm: z.enum(importedAlgorithms), hash: z.string() }),
  z.strictObject({ kind: z.literal('none') }),
]);

const storedPermission = z.strictObject({
  vhost: name('virtual host'),
  configure: namePattern,
  write: namePattern,
  read: namePattern,
});

const storedTopicPermission = z.strictObject({
  vhost: name('virtual host'),
  exchange: name('exchange'),
  write: topicPattern,
  read: topicPattern,
});

/** Schema of one stored user. */
export const userRecord = z.strictObject({
  /** Random, so that a namesake created later is someone else. */
  id: z.string().min(1),
  name: name('user'),
  tags: z.array(z.enum(userTags)).readonly(),
  password: storedPassword,
  permissions: z.array(storedPermission).readonly(),
  topicPermissions: z.array(storedTopicPermission).readonly(),
});

export type UserRecord = Readonly<z.infer<typeof userRecord>>;
export type StoredPassword = Readonly<z.infer<typeof storedPassword>>;
export type StoredPermission = Readonly<z.infer<typeof storedPermission>>;
export type StoredTopicPermission = Readonly<z.infer<typeof storedTopicPermission>>;

function problemOf(check: (text: string) => unknown) {
  return (text: string, context: z.RefinementCtx): void => {
    try {
      check(text);
    } catch (problem) {
      context.addIssue({ code: 'custom', message: messageOf(problem) });
    }
  };
}
