/**
 * From an exchange, routing keys and headers to queues: through exchange bindings and alternate exchanges. Each
 * queue comes once, cycles end, and nothing is allocated a message. The queues stand in `targets` until the next
 * call.
 */
import type { Destination, Exchange } from './exchange.js';
import type { Queue } from './queue.js';
import type { HeaderLookup } from './routing/index.js';
import type { VirtualHost } from './state.js';

export class Router {
  readonly targets: Queue[] = [];
  #mark = 0;
  #matched = 0;
  readonly #next: Exchange[] = [];
  readonly #collect = {
    add: (destination: Destination): void => {
      this.#matched++;
      if (destination.routeMark === this.#mark) return;
      destination.routeMark = this.#mark;
      if (destination.kind === 'queue') this.targets.push(destination);
      else this.#next.push(destination);
    },
  };

  /**
   * Collects the queues for a message. `delayed`: an `x-delayed-message` exchange keeps it instead of routing.
   * `more` holds further routing keys (`CC`, `BCC`).
   */
  route(
    vhost: VirtualHost,
    exchange: Exchange,
    routingKey: string,
    more: readonly string[],
    headers: HeaderLookup,
    delayed: boolean,
  ): void {
    this.targets.length = 0;
    this.#next.length = 0;
    this.#mark++;
    exchange.routeMark = this.#mark;
    this.#next.push(exchange);
    for (let at = 0; at < this.#next.length; at++) {
      const current = this.#next[at]!;
      if (delayed && current.delays !== undefined) {
        this.#collect.add(current.delays);
        continue;
      }
      this.#matched = 0;
      this.#routeOne(vhost, current, routingKey, headers);
      for (const key of more) this.#routeOne(vhost, current, key, headers);
      if (this.#matched === 0) this.#goToAlternate(vhost, current);
    }
  }

  #routeOne(vhost: VirtualHost, exchange: Exchange, routingKey: string, headers: HeaderLookup): void {
    if (exchange.name !== '') {
      exchange.index.route(routingKey, headers, this.#collect);
      return;
    }
    const queue = vhost.queues.get(routingKey);
    if (queue !== undefined) this.#collect.add(queue);
  }

  #goToAlternate(vhost: VirtualHost, exchange: Exchange): void {
    const alternate = exchange.alternate === undefined ? undefined : vhost.exchanges.get(exchange.alternate);
    if (alternate === undefined || alternate.routeMark === this.#mark) return;
    alternate.routeMark = this.#mark;
    this.#next.push(alternate);
  }
}
