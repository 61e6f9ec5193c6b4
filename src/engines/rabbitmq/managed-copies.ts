/** The copies of a queue, as a management API tells of them. Invariant: that a copy has everything is told, or unknown. */
import { textIn, textsIn, type Fields } from './management-fields.js';
import type { ManagedCopy } from './managed-state.js';

/** Members of a quorum queue, or the mirrors of a classic one; empty where there is one copy. */
export function copiesOf(fields: Fields): readonly ManagedCopy[] {
  const members = textsIn(fields, 'members');
  if (members !== undefined) return quorumCopies(fields, members);
  const mirrors = textsIn(fields, 'slave_nodes') ?? [];
  if (mirrors.length === 0) return [];
  const synchronised = new Set(textsIn(fields, 'synchronised_slave_nodes') ?? []);
  return [
    { node: textIn(fields, 'node'), role: 'leader', inSync: true },
    ...mirrors.map((node): ManagedCopy => ({ node, role: 'follower', inSync: synchronised.has(node) })),
  ];
}

/** Of a follower that is online nobody says how far behind it is. */
function quorumCopies(fields: Fields, members: readonly string[]): readonly ManagedCopy[] {
  const leader = textIn(fields, 'leader');
  const online = textsIn(fields, 'online');
  return members.map((node): ManagedCopy => {
    const isOffline = online !== undefined && !online.includes(node);
    if (node === leader) return { node, role: 'leader', inSync: !isOffline };
    return { node, role: 'follower', inSync: isOffline ? false : undefined };
  });
}
