/**
 * A 32-bit hash of text that is the same on every machine and in every release, because which queue a message
 * goes to depends on it. Invariant: its results never change.
 */

/** FNV-1a over the UTF-16 units, then the finalizer of MurmurHash3 to spread what the last units changed. */
export function hashText(text: string, seed = 0): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return spread(hash);
}

/** Spreads every bit of a 32-bit number over all others (the finalizer of MurmurHash3); unsigned. */
export function spread(word: number): number {
  let hash = word;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
