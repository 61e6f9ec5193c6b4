/** What a task waits for, in the words of the console's language. A kind that is new to it is told in the server's. */
import { speech } from '../../words/words.svelte.ts';
import type { TaskAnswer } from './answers.ts';
import { sayTask } from './words.ts';

export function whyWords(answer: TaskAnswer): string {
  const { kind, text = '', until, attempts = 0, attempt = 1, missing = 0, key = '', tenants = 0 } = answer;
  const time = until === undefined ? '' : speech.moment(Date.parse(until));
  const place = { position: answer.position ?? 0, of: Number(answer.of ?? 0) };
  switch (kind) {
    case 'done':
      return sayTask('whyDone');
    case 'dead':
      return sayTask('whyDead');
    case 'running':
      return sayTask('whyRunning', { attempt });
    case 'delayed':
      return attempts === 0 ? sayTask('whyDelayed', { time }) : sayTask('whyRetry', { time, attempts });
    case 'after':
      return sayTask('whyAfter', { missing });
    case 'key-busy': {
      const task = answer.task?.taskId;
      return task === undefined ? sayTask('whyKey', { key }) : sayTask('whyKeyTask', { key, task });
    }
    case 'rate-limit':
      return sayTask('whyRate', { time });
    case 'concurrency-full':
      return sayTask('whyConcurrency', { running: answer.running ?? 0, max: answer.max ?? 0 });
    case 'paused':
      return sayTask('whyPaused');
    case 'no-worker':
      return sayTask('whyNoWorker');
    case 'workers-busy':
      return sayTask('whyBusy', place);
    case 'tenant-share':
      return sayTask('whyTenant', { tenants, ...place });
    case 'position':
      return sayTask('whyPosition', place);
    case 'moving':
      return sayTask('whyMoving');
    case 'unknown':
      return sayTask('whyUnknown');
    default:
      return text;
  }
}
