/** Which task a foreign job becomes, by its queue and its name. Invariant: the same job always becomes the same. Pure. */
import { SluiceError } from '../kernel/index.js';
import { isTaskName } from '../tasks/index.js';

export interface Naming {
  /** With `{queue}` and `{job}`; see `taskNameOf` for what it is without one. */
  readonly template?: string | undefined;
  /** Task names by `queue`, or by `queue/job`, which counts more. */
  readonly map?: ReadonlyMap<string, string> | undefined;
}

/** What jobs are called that nobody has given a name. */
const nameless = new Set(['default', '__default__', '']);

/**
 * By the map, else by the template, else `queue.job`; just `queue` for a job without a name of its own. Undefined: it
 * would be no task's name.
 */
export function taskNameOf({ template, map }: Naming, queue: string, job: string): string | undefined {
  const name = map?.get(`${queue}/${job}`) ?? map?.get(queue) ?? filled(template, queue, job);
  return isTaskName(name) ? name : undefined;
}

function filled(template: string | undefined, queue: string, job: string): string {
  if (template !== undefined) return template.replaceAll('{queue}', queue).replaceAll('{job}', job);
  return nameless.has(job) || job === queue ? queue : `${queue}.${job}`;
}

/** A map as JSON: `{"mail/welcome": "welcome", "mail": "send-mail"}`. Throws `bad-input`. */
export function parseTaskMap(text: string): ReadonlyMap<string, string> {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new SluiceError('bad-input', 'the task map is not JSON', { cause: error });
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new SluiceError('bad-input', 'the task map is a JSON object of task names by queue, or queue/job');
  const map = new Map(Object.entries(given as Record<string, unknown>));
  for (const [key, name] of map)
    if (typeof name !== 'string' || !isTaskName(name))
      throw new SluiceError('bad-input', `the task map names no task for '${key}'`);
  return map as Map<string, string>;
}
