/**
 * Names of tasks. Invariant: no two tasks share one. A name is the origin, which stands for one opening of an engine
 * and is 50 random bits, and a count: cheap to make, and all tasks of an origin can be watched by their prefix.
 */
import type { Random } from '../kernel/index.js';

declare const brand: unique symbol;
export type TaskId = string & { readonly [brand]: 'TaskId' };

/** Without letters that look like others. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const originLength = 10;

export class TaskIds {
  readonly origin: string;
  #count = 0;

  constructor(random: Random) {
    this.origin = Array.from(random.bytes(originLength), (byte) => alphabet[byte & 31]).join('');
  }

  next(): TaskId {
    return `${this.origin}-${(++this.#count).toString(36)}` as TaskId;
  }
}

/** The part of a task's name that it shares with the others of its origin. */
export function originOf(id: string): string {
  const dash = id.indexOf('-');
  return dash < 0 ? id : id.slice(0, dash);
}
