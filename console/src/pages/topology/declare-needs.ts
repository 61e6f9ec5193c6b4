/** Which rights a declaration needs, as the server asks for them. Pure. */
import type { RightOver } from '../../server/may.svelte.ts';

/** Without a name nothing is known yet. What is given may lead messages on: that needs to read here and to write there. */
export function declareNeeds(
  kind: 'queue' | 'exchange',
  vhost: string,
  name: string,
  given: Readonly<Record<string, unknown>>,
): readonly RightOver[] {
  if (name === '') return [];
  const target = given[kind === 'queue' ? 'x-dead-letter-exchange' : 'alternate-exchange'];
  const needs: RightOver[] = [{ right: 'configure', kind, vhost, name }];
  if (typeof target === 'string')
    needs.push(
      { right: 'read', kind, vhost, name },
      { right: 'write', kind: 'exchange', vhost, name: target },
    );
  return needs;
}
