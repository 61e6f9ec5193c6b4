/**
 * What an operation of the API asks of whoever calls it, as data and in words. Invariant: every need is one that
 * access's decision function knows; all needs of an operation have to hold.
 */

/** A right over the server, by the tags that give it. */
export type ServerRight = 'monitor' | 'administer' | 'set-policy';

/** `{field}` in a text: the field of the request. A virtual host that is left out is the one in `{vhost}`. */
export type Need =
  /** To be signed in as a user with any tag. */
  | { readonly kind: 'sign-in' }
  | { readonly kind: 'tag'; readonly right: ServerRight; readonly vhost?: string }
  /** To see a virtual host: to be let in, or to monitor the server. */
  | { readonly kind: 'see'; readonly vhost?: string }
  /** A right over a queue or an exchange, by its name; the default exchange is `''`. */
  | {
      readonly kind: 'right';
      readonly right: 'configure' | 'write' | 'read';
      readonly of: string;
      readonly name: string;
      readonly vhost?: string;
    };

/** What one operation needs. */
export interface OperationRights {
  /** All of them; empty: nothing, not even to be signed in. */
  readonly needs: readonly Need[];
  /** The needs on an engine beside the own one, where they differ. */
  readonly elsewhere?: readonly Need[];
  /** What the needs do not say, in a sentence. */
  readonly note?: string;
}

const tagsOf: Readonly<Record<ServerRight, string>> = {
  monitor: '`monitoring` or `administrator`',
  administer: '`administrator`',
  'set-policy': '`policymaker` or `administrator`',
};

/** One need, in words. */
function needText(need: Need): string {
  switch (need.kind) {
    case 'sign-in':
      return 'any tag';
    case 'tag':
      return `the tag ${tagsOf[need.right]}${need.vhost === undefined ? '' : `, and to be let into \`${need.vhost}\``}`;
    case 'see':
      return `to be let into \`${need.vhost ?? '{vhost}'}\`, or to monitor`;
    case 'right': {
      const name = need.name === '' ? 'amq.default' : need.name;
      const kind = need.of.startsWith('{') ? '' : `${need.of} `;
      return `*${need.right}* on the ${kind}\`${name}\``;
    }
  }
}

/** All needs of an operation, in words. */
export function rightsText({ needs, elsewhere, note }: OperationRights): string {
  const own = needs.length === 0 ? 'nothing' : needs.map(needText).join('; ');
  const other = elsewhere === undefined ? '' : `; on an engine beside: ${elsewhere.map(needText).join('; ')}`;
  return `${own}${other}${note === undefined ? '' : `. ${note}`}`;
}
