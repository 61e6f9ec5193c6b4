/**
 * Exchanges, bindings and policies of a management API, asked for when somebody looks at them. Invariants: an answer is
 * bounded in bytes and in time; what it leaves out is undefined, never zero.
 */
import { SluiceError } from '../../kernel/index.js';
import {
  isWanted,
  type EngineExchange,
  type EngineLink,
  type EngineLinkFilter,
  type EnginePolicy,
} from '../index.js';
import { booleanIn, fieldsOf, listOf, numberIn, textIn } from './management-fields.js';
import { ManagementHttp, type Asking, type ManagementBounds } from './management-http.js';
import { onceEach, pagesOf } from './management-pages.js';

/** Bounds for somebody who waits for the answer. */
const bounds: Partial<ManagementBounds> = { answerMs: 5_000, readingMs: 8_000 };

const exchangeColumns = [
  ...['name', 'vhost', 'type', 'durable', 'auto_delete', 'internal', 'arguments', 'policy'],
  ...['message_stats.publish_in', 'message_stats.publish_out'],
];
const linkColumns = 'vhost,source,destination,destination_type,routing_key,arguments';

/** Every call rejects with `not-found`, `connection-failed`, `access-refused`, `limit-reached` or `protocol`. */
export class ManagedTopology {
  readonly #http: ManagementHttp;

  /** `address`: the management URL, with user and password in it. Throws `bad-input`. */
  constructor(address: string, given: Partial<ManagementBounds> = {}) {
    this.#http = new ManagementHttp(address, { ...bounds, ...given });
  }

  async exchanges(vhost: string | undefined): Promise<readonly EngineExchange[]> {
    const list = vhost === undefined ? 'exchanges' : `exchanges/${encodeURIComponent(vhost)}`;
    const { items, hasMore } = await found(`there is no virtual host '${vhost}'`, () =>
      pagesOf(this.#http.reading(), list, exchangeColumns, exchangeOf),
    );
    if (hasMore) throw new SluiceError('limit-reached', `there are more than ${items.length} exchanges`);
    return onceEach(items, (each) => `${each.vhost}\0${each.name}`);
  }

  async exchange(vhost: string, name: string): Promise<EngineExchange> {
    const path = `/api/exchanges/${encodeURIComponent(vhost)}/${encodeURIComponent(name)}`;
    const ask = this.#http.reading();
    return exchangeOf(
      await found(`there is no exchange '${name}' in virtual host '${vhost}'`, () => ask(path)),
    );
  }

  /** Without those that every queue has to the default exchange. A source or destination that is not there has none. */
  async bindings(filter: EngineLinkFilter): Promise<readonly EngineLink[]> {
    const links = await this.#links(filter);
    return links.filter((link) => link.source !== '' && isWanted(link, filter));
  }

  async #links(filter: EngineLinkFilter): Promise<readonly EngineLink[]> {
    const [path, isOfOne] = linksPath(filter);
    try {
      return listOf(await this.#http.reading()(`${path}?columns=${linkColumns}`)).map(linkOf);
    } catch (problem) {
      if (!(problem instanceof SluiceError)) throw problem;
      if (problem.details['status'] === 404 && isOfOne) return [];
      throw refusalOf(problem, `there is no virtual host '${filter.vhost}'`, bindingsHint);
    }
  }

  async policies(kind: EnginePolicy['kind'], vhost: string | undefined): Promise<readonly EnginePolicy[]> {
    const path = `/api/${kind === 'policy' ? 'policies' : 'operator-policies'}`;
    const ask = this.#http.reading();
    const within = vhost === undefined ? path : `${path}/${encodeURIComponent(vhost)}`;
    const rows = await found(`there is no virtual host '${vhost}'`, () => ask(within));
    return listOf(rows).map((row) => policyOf(kind, row));
  }

  /** Undefined: there is none of that name. */
  async policy(vhost: string, name: string): Promise<EnginePolicy | undefined> {
    return (await this.policies('policy', vhost)).find((policy) => policy.name === name);
  }
}

const bindingsHint = 'ask for the bindings of one virtual host, source or destination';

/** The shortest list that has them all, and whether it is that of one exchange or queue. */
function linksPath({
  vhost,
  source,
  destination,
  destinationKind,
}: EngineLinkFilter): readonly [path: string, isOfOne: boolean] {
  if (vhost === undefined) return ['/api/bindings', false];
  const host = encodeURIComponent(vhost);
  if (source !== undefined && source !== '')
    return [`/api/exchanges/${host}/${encodeURIComponent(source)}/bindings/source`, true];
  if (destination !== undefined && destinationKind === 'queue')
    return [`/api/queues/${host}/${encodeURIComponent(destination)}/bindings`, true];
  if (destination !== undefined && destinationKind === 'exchange')
    return [`/api/exchanges/${host}/${encodeURIComponent(destination)}/bindings/destination`, true];
  return [`/api/bindings/${host}`, false];
}

async function found<Answer>(
  absence: string,
  ask: () => ReturnType<Asking> | Promise<Answer>,
): Promise<Answer> {
  try {
    return (await ask()) as Answer;
  } catch (problem) {
    throw problem instanceof SluiceError ? refusalOf(problem, absence) : problem;
  }
}

function refusalOf(problem: SluiceError, absence: string, hint?: string): SluiceError {
  const { status, bytesMax } = problem.details;
  if (status === 404) return new SluiceError('not-found', absence, { cause: problem });
  if (bytesMax === undefined || hint === undefined) return problem;
  return new SluiceError('limit-reached', `${problem.message}: ${hint}`, { cause: problem });
}

function exchangeOf(item: unknown): EngineExchange {
  const fields = fieldsOf(item);
  const stats = fieldsOf(fields['message_stats']);
  return {
    vhost: textIn(fields, 'vhost'),
    name: textIn(fields, 'name'),
    type: textIn(fields, 'type'),
    durable: booleanIn(fields, 'durable') ?? false,
    autoDelete: booleanIn(fields, 'auto_delete') ?? false,
    internal: booleanIn(fields, 'internal') ?? false,
    arguments: fieldsOf(fields['arguments']),
    publishedIn: numberIn(stats, 'publish_in'),
    publishedOut: numberIn(stats, 'publish_out'),
    policy: textIn(fields, 'policy') || undefined,
  };
}

function linkOf(item: unknown): EngineLink {
  const fields = fieldsOf(item);
  return {
    vhost: textIn(fields, 'vhost'),
    source: textIn(fields, 'source'),
    destination: textIn(fields, 'destination'),
    destinationKind: textIn(fields, 'destination_type') === 'exchange' ? 'exchange' : 'queue',
    routingKey: textIn(fields, 'routing_key'),
    arguments: fieldsOf(fields['arguments']),
  };
}

function policyOf(kind: EnginePolicy['kind'], item: unknown): EnginePolicy {
  const fields = fieldsOf(item);
  return {
    kind,
    vhost: textIn(fields, 'vhost'),
    name: textIn(fields, 'name'),
    pattern: textIn(fields, 'pattern'),
    applyTo: textIn(fields, 'apply-to'),
    priority: numberIn(fields, 'priority') ?? 0,
    definition: fieldsOf(fields['definition']),
  };
}
