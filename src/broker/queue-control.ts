/** What operators do to queues and to single messages in them: pause, resume, release. Each change is one record. */
import { SluiceError } from '../kernel/index.js';
import type { BrokerCore } from './core.js';
import type { QueueAdministration, TopologyAnswer } from './face.js';
import { EntryState } from './page.js';
import type { Queue } from './queue.js';

export class QueueControl implements QueueAdministration {
  readonly #core: BrokerCore;

  constructor(core: BrokerCore) {
    this.#core = core;
  }

  pause(vhost: string, queue: string): TopologyAnswer {
    return this.#setPaused(this.#queue(vhost, queue), true);
  }

  resume(vhost: string, queue: string): TopologyAnswer {
    return this.#setPaused(this.#queue(vhost, queue), false);
  }

  #setPaused(queue: Queue, paused: boolean): TopologyAnswer {
    const { state, recorder, dispatcher } = this.#core;
    if (queue.isPaused === paused) return { changed: false, sequence: recorder.lastSequence };
    const sequence = queue.isJournaled
      ? recorder.topology({ op: 'queue-pause', id: queue.id, paused })
      : recorder.lastSequence;
    state.applyPause(queue, paused);
    queue.isIdle = false;
    dispatcher.request(queue);
    return { changed: true, sequence };
  }

  releaseNow(vhost: string, name: string, position: number): TopologyAnswer {
    const { recorder, dispatcher, mover } = this.#core;
    const queue = this.#delayedStore(vhost, name);
    const changed = queue.backlog.stateAt(position) === EntryState.delayed;
    if (changed && queue.isHidden) mover.bury(queue, position, 'delayed');
    else if (changed) dispatcher.holdBack(queue, position, 0, false);
    return { changed, sequence: recorder.lastSequence };
  }

  /** A queue, or an exchange of type `x-delayed-message` by its name. */
  #delayedStore(vhost: string, name: string): Queue {
    const host = this.#core.state.vhost(vhost);
    return host.queues.get(name) ?? host.exchanges.get(name)?.delays ?? this.#queue(vhost, name);
  }

  #queue(vhost: string, name: string): Queue {
    const queue = this.#core.state.vhost(vhost).queues.get(name);
    if (queue === undefined) throw new SluiceError('not-found', `no queue '${name}' in vhost '${vhost}'`);
    return queue;
  }
}
