/**
 * The exam of every engine: one target, many small cases by topic. It asks for what the port promises, allows what the
 * engine's capabilities say, and wants the typed refusal of everything that they call `none`.
 */
import { afterAll, beforeAll, describe } from 'vitest';
import type { Target } from './target.js';
import { examine } from './trial.js';
import { topics } from './topics/index.js';

/** Starts one target with `makeTarget` and puts it through every topic. */
export function exerciseEngine(makeTarget: () => Promise<Target>): void {
  let target: Target | undefined;
  beforeAll(async () => {
    target = await makeTarget();
  });
  afterAll(async () => {
    await target?.stop();
  });
  for (const [title, topic] of Object.entries(topics)) {
    describe(title, () => {
      topic((name, run, scope) => {
        examine(() => target!, name, run, scope);
      });
    });
  }
}
