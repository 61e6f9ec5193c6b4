/** Pausing and resuming a queue, or the queue of a task. What was so before is undone to nothing. */
import { z } from 'zod';
import type { QueueName, RemedyActions } from '../actions.js';
import { defineRemedy, type AnyRemedy, type Draft, type Refusal, type Remedy } from '../remedy.js';
import { absent, countsText, ofQueue, queueFigure, queueObject } from './queue-terms.js';

interface PausePlan extends QueueName {
  readonly paused: boolean;
}

const queueGiven = z.strictObject(ofQueue);
const taskGiven = z.strictObject({ engine: ofQueue.engine, task: z.string().min(1).max(255) });

function draftOf(
  actions: RemedyActions,
  name: QueueName,
  paused: boolean,
  parameters: Readonly<Record<string, unknown>>,
): Draft<PausePlan> | Refusal {
  const queue = actions.queue(name);
  if (queue === undefined) return absent(name);
  if (queue.paused === paused)
    return { refusal: `queue '${name.queue}' is ${paused ? '' : 'not '}paused already` };
  const effects = paused
    ? [`Nothing is delivered from '${name.queue}' any more; publishes go on.`, `${countsText(queue)}.`]
    : [`'${name.queue}' delivers again: ${countsText(queue)}.`];
  const unknown = paused ? ['How many messages come until it is resumed.'] : [];
  return { parameters, plan: { ...name, paused }, effects, unknown };
}

function remedyOf(
  name: string,
  title: string,
  paused: boolean,
  parts: Pick<Remedy<unknown, PausePlan>, 'parameters' | 'preview'>,
): AnyRemedy {
  const words = (isPaused: boolean): string => (isPaused ? 'Paused' : 'Resumed');
  const set = async (actions: RemedyActions, { vhost, queue }: PausePlan, to: boolean): Promise<string> => {
    await actions.setPaused({ vhost, queue }, to);
    return `${words(to)} queue '${queue}' in vhost '${vhost}'.`;
  };
  return defineRemedy<unknown, PausePlan>({
    ...{ name, title, afterRestart: 'stays', parameters: parts.parameters },
    preview: parts.preview,
    objectOf: queueObject,
    apply: ({ actions }, plan) => set(actions, plan, paused),
    undo: ({ actions }, plan) => set(actions, plan, !paused),
    stands: ({ actions }, plan) => Promise.resolve(actions.queue(plan)?.paused === paused),
    check: {
      text: paused ? 'The queue is paused.' : 'The queue is not paused.',
      withinSeconds: 15,
      holds: ({ figures, plan }) => {
        const figure = figures && queueFigure(figures, plan, 'paused');
        return figure === undefined ? undefined : (figure === 1) === paused;
      },
    },
  });
}

function ofQueueRemedy(name: string, title: string, paused: boolean): AnyRemedy {
  return remedyOf(name, title, paused, {
    parameters: queueGiven,
    preview: (actions, given) => {
      const { vhost, queue } = given as z.output<typeof queueGiven>;
      return Promise.resolve(draftOf(actions, { vhost, queue }, paused, { vhost, queue }));
    },
  });
}

function ofTaskRemedy(name: string, title: string, paused: boolean): AnyRemedy {
  return remedyOf(name, title, paused, {
    parameters: taskGiven,
    preview: async (actions, given) => {
      const { task } = given as z.output<typeof taskGiven>;
      const queue = await actions.taskQueue(task);
      const draft = draftOf(actions, queue, paused, { task });
      if ('refusal' in draft) return draft;
      return { ...draft, effects: [...draft.effects, 'It holds for every task of that queue.'] };
    },
  });
}

export const pauseRemedies: readonly AnyRemedy[] = [
  ofQueueRemedy('pause-queue', 'Deliver nothing from a queue', true),
  ofQueueRemedy('resume-queue', 'Deliver from a paused queue again', false),
  ofTaskRemedy('pause-task', 'Begin no more tasks of a kind', true),
  ofTaskRemedy('resume-task', 'Begin tasks of a kind again', false),
];
