/** A handler for tests of tasks in threads: doubles, and tells which thread did. */
import { threadId } from 'node:worker_threads';

export default function double(value) {
  return { doubled: 2 * value, threadId };
}
