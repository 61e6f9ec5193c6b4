/** Operations on users, permissions and the audit log. Passwords come in, and never go out or to a log. */
import { z } from 'zod';
import {
  auditEvents,
  userTags,
  type AuditPage,
  type AuditVerdict,
  type ImportOutcome,
  type Permission,
  type TopicPermission,
  type UserSummary,
} from '../access/index.js';
import { givenName, nothing, shortText, vhostName } from './inputs.js';
import type { ServerOperation } from './services.js';

const password = z.string().min(1, 'is empty').max(1_024);
const tags = z.array(z.enum(userTags)).max(userTags.length);
const pattern = z.string().max(1_024);

type Nothing = Record<string, never>;

const userName = z.strictObject({ name: givenName });
const userAddition = userName.extend({ password, tags });
const userPassword = userName.extend({ password });
const userTagging = userName.extend({ tags });

export const userList: ServerOperation<Nothing, { readonly users: readonly UserSummary[] }> = {
  input: nothing,
  run: ({ access }) => Promise.resolve({ users: access.listUsers() }),
};

export const userAdd: ServerOperation<z.infer<typeof userAddition>, null> = {
  input: userAddition,
  async run({ access, actor }, input) {
    await access.addUser(input, actor);
    return null;
  },
};

const userHash = userName.extend({
  tags,
  /** Base64 for RabbitMQ's algorithms; empty: no password. */
  passwordHash: z.string().max(1_024),
  hashingAlgorithm: z.string().max(64).optional(),
});

/** Adds a user, or replaces what there is, with the hash of a password. */
export const userImport: ServerOperation<z.infer<typeof userHash>, { readonly outcome: ImportOutcome }> = {
  input: userHash,
  async run({ access, actor }, { hashingAlgorithm, ...rest }) {
    const named = hashingAlgorithm === undefined ? {} : { hashingAlgorithm };
    return { outcome: await access.importUser({ ...rest, ...named }, actor) };
  },
};

export const userPasswd: ServerOperation<z.infer<typeof userPassword>, null> = {
  input: userPassword,
  async run({ access, actor }, input) {
    await access.changePassword(input, actor);
    return null;
  },
};

const ownPassword = z.strictObject({ oldPassword: z.string().max(1_024), newPassword: password });

/** Whoever asks changes their own password. The operator has none. */
export const passwordChange: ServerOperation<z.infer<typeof ownPassword>, null> = {
  input: ownPassword,
  async run({ access, actor }, input) {
    await access.changeOwnPassword({ old: input.oldPassword, new: input.newPassword }, actor);
    return null;
  },
};

export const userDelete: ServerOperation<z.infer<typeof userName>, null> = {
  input: userName,
  async run({ access, actor }, { name }) {
    await access.deleteUser(name, actor);
    return null;
  },
};

export const userTag: ServerOperation<z.infer<typeof userTagging>, null> = {
  input: userTagging,
  async run({ access, actor }, input) {
    await access.setTags(input, actor);
    return null;
  },
};

const permissionKey = z.strictObject({ user: givenName, vhost: vhostName });
const permission = permissionKey.extend({ configure: pattern, write: pattern, read: pattern });
const permissionFilter = z.strictObject({ user: givenName.optional(), vhost: vhostName.optional() });

/** An optional key that is undefined and one that is left out are told apart by the strict types. */
function filterOf({ user, vhost }: z.infer<typeof permissionFilter>): { user?: string; vhost?: string } {
  return { ...(user === undefined ? {} : { user }), ...(vhost === undefined ? {} : { vhost }) };
}

export const permissionsList: ServerOperation<
  z.infer<typeof permissionFilter>,
  { readonly permissions: readonly Permission[] }
> = {
  input: permissionFilter,
  run: ({ access }, filter) => Promise.resolve({ permissions: access.listPermissions(filterOf(filter)) }),
};

export const permissionsSet: ServerOperation<z.infer<typeof permission>, null> = {
  input: permission,
  async run({ access, actor }, input) {
    await access.setPermissions(input, actor);
    return null;
  },
};

export const permissionsClear: ServerOperation<z.infer<typeof permissionKey>, null> = {
  input: permissionKey,
  async run({ access, actor }, input) {
    await access.clearPermissions(input, actor);
    return null;
  },
};

const topicPermission = permissionKey.extend({ exchange: shortText, write: pattern, read: pattern });
const topicPermissionKey = permissionKey.extend({ exchange: shortText.optional() });

export const topicPermissionsList: ServerOperation<
  z.infer<typeof permissionFilter>,
  { readonly permissions: readonly TopicPermission[] }
> = {
  input: permissionFilter,
  run: ({ access }, filter) =>
    Promise.resolve({ permissions: access.listTopicPermissions(filterOf(filter)) }),
};

export const topicPermissionsSet: ServerOperation<z.infer<typeof topicPermission>, null> = {
  input: topicPermission,
  async run({ access, actor }, input) {
    await access.setTopicPermissions(input, actor);
    return null;
  },
};

export const topicPermissionsClear: ServerOperation<z.infer<typeof topicPermissionKey>, null> = {
  input: topicPermissionKey,
  async run({ access, actor }, { user, vhost, exchange }) {
    await access.clearTopicPermissions(
      { user, vhost, ...(exchange === undefined ? {} : { exchange }) },
      actor,
    );
    return null;
  },
};

export const auditVerify: ServerOperation<Nothing, AuditVerdict> = {
  input: nothing,
  async run({ access }) {
    await access.audit.flush();
    return access.audit.verify();
  },
};

const auditQuery = z.strictObject({
  /** Records of a page. */
  limit: z.int().min(1).max(1_000),
  /** The `next` of the page before. */
  after: z.string().max(64).optional(),
  user: shortText.min(1).optional(),
  event: z.enum(auditEvents).optional(),
  outcome: z.enum(['success', 'failure', 'refused']).optional(),
  contains: shortText.optional(),
  fromMs: z.number().min(0).optional(),
  toMs: z.number().min(0).optional(),
});

/** Records of the audit log, newest first; `user` is who acted, `contains` a text in what was acted upon. */
export const auditList: ServerOperation<z.infer<typeof auditQuery>, AuditPage> = {
  input: auditQuery,
  run: ({ access }, { user, ...query }) => access.audit.read({ ...query, actor: user }),
};
