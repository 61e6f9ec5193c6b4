/** The page that the address names: `#/queues/%2F/orders?range=1h`. Invariant: every state worth sharing is in it. */
import { steps } from './steps.ts';

export interface Place {
  /** Parts of the path, decoded; the first names the page. */
  readonly parts: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

/** What an address after `#` means. Parts that cannot be decoded stay as they are. */
export function placeOf(hash: string): Place {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const parts = path.split('/').filter((part) => part !== '');
  return { parts: parts.map(decoded), query: Object.fromEntries(new URLSearchParams(search)) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of a page, for links. */
export function linkTo(parts: readonly string[], query: Readonly<Record<string, string>> = {}): string {
  const path = parts.map((part) => encodeURIComponent(part)).join('/');
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
  return `#/${path}${search === '' ? '' : `?${search}`}`;
}

class Router {
  place = $state.raw(placeOf(location.hash));

  constructor() {
    addEventListener('hashchange', () => {
      const place = placeOf(location.hash);
      steps.moved(place.parts.join('\n') !== this.place.parts.join('\n'));
      this.place = place;
    });
  }

  go(parts: readonly string[], query?: Readonly<Record<string, string>>): void {
    location.hash = linkTo(parts, query);
  }

  /** Changes what the address says of the page, without a step in the history. */
  adjust(change: Readonly<Record<string, string>>): void {
    const query = { ...this.place.query, ...change };
    history.replaceState(history.state, '', linkTo(this.place.parts, query));
    this.place = placeOf(location.hash);
  }
}

export const router = new Router();
