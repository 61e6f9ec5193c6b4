/** What something is about, in words. */
import type { Subject } from '../types.js';

/** `queue orders`; of another virtual host than `/`, with that. */
export function subjectText({ kind, labels }: Subject): string {
  const { engine, vhost, [kind]: name, ...others } = labels;
  const place = vhost === undefined || vhost === '/' ? '' : ` in ${vhost}`;
  const own = name ?? engine ?? Object.values(others).join(' ');
  return `${kind} ${own}${place}`;
}
