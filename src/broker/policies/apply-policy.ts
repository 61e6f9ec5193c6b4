/**
 * What a record of a policy does to the state: the book follows, and the hash of the state with it. Queues and
 * exchanges follow where the broker runs, or when it opens.
 */
import type { StateHash } from '../state-hash.js';
import type { PolicyChange, PolicyClearance } from '../topology-record.js';
import { policyText } from '../topology-text.js';
import type { PolicyBook } from './policy-book.js';
import { makePolicy, type Policy } from './policy.js';

export function applyPolicy(change: PolicyChange | PolicyClearance, book: PolicyBook, hash: StateHash): void {
  const known = book.find(change.kind, change.name);
  if (known !== undefined) remove(known, book, hash);
  if (change.op === 'policy-clear') return;
  const policy = makePolicy(change.kind, change.vhost, change);
  book.set(policy);
  hash.topology(1, policyText(policy));
}

/** The virtual host goes. */
export function clearPolicies(book: PolicyBook, hash: StateHash): void {
  for (const policy of [...book.all()]) remove(policy, book, hash);
}

function remove(policy: Policy, book: PolicyBook, hash: StateHash): void {
  book.clear(policy.kind, policy.name);
  hash.topology(-1, policyText(policy));
}
