/** Users of every kind, and what the needs of an operation come to for each: written apart from the code that decides. */
import type { Need } from '../../src/http/api/need.js';

/** What a user is. Rights are patterns in the virtual host `/`; left out: it is not let in. */
export interface Role {
  readonly name: string;
  readonly tags: readonly string[];
  readonly rights?: Readonly<Record<'configure' | 'write' | 'read', string>>;
}

const only = (right: 'configure' | 'write' | 'read', pattern: string) => ({
  ...{ configure: '^$', write: '^$', read: '^$' },
  [right]: pattern,
});
const all = { configure: '.*', write: '.*', read: '.*' };

export const roles: readonly Role[] = [
  { name: 'untagged', tags: [], rights: all },
  { name: 'outsider', tags: ['management'] },
  { name: 'let-in', tags: ['management'], rights: only('read', '^$') },
  { name: 'configures', tags: ['management'], rights: only('configure', '.*') },
  { name: 'writes', tags: ['management'], rights: only('write', '.*') },
  { name: 'reads', tags: ['management'], rights: only('read', '.*') },
  { name: 'reads-queue', tags: ['management'], rights: only('read', '^the-queue$') },
  { name: 'configures-exchange', tags: ['management'], rights: only('configure', '^the-exchange$') },
  { name: 'publishes', tags: ['management'], rights: only('write', '^amq\\.default$') },
  { name: 'does-all', tags: ['management'], rights: all },
  { name: 'watcher', tags: ['monitoring'] },
  { name: 'policymaker', tags: ['policymaker'], rights: only('read', '^$') },
  { name: 'policymaker-outside', tags: ['policymaker'] },
  { name: 'administrator-outside', tags: ['administrator'] },
  { name: 'administrator', tags: ['administrator'], rights: all },
];

const tagsFor = {
  monitor: ['administrator', 'monitoring'],
  'set-policy': ['administrator', 'policymaker'],
  administer: ['administrator'],
} as const;

function filled(text: string, fields: Readonly<Record<string, unknown>>): string {
  return text.replace(/\{(\w+)\}/g, (_, field: string) => String(fields[field]));
}

/** Whether a user may, by what the operation needs and the fields of the request. */
export function holds(role: Role, need: Need, fields: Readonly<Record<string, unknown>>): boolean {
  const has = (tags: readonly string[]): boolean => role.tags.some((tag) => tags.includes(tag));
  const isIn = (vhost = '{vhost}'): boolean => role.rights !== undefined && filled(vhost, fields) === '/';
  switch (need.kind) {
    case 'sign-in':
      return role.tags.length > 0;
    case 'tag':
      return has(tagsFor[need.right]) && (need.vhost === undefined || isIn(need.vhost));
    case 'see':
      return isIn(need.vhost) || has(tagsFor.monitor);
    case 'right': {
      const name = need.name === '' ? 'amq.default' : filled(need.name, fields);
      return isIn(need.vhost) && new RegExp(role.rights![need.right]).test(name);
    }
  }
}
