/** What the compiler infers from a task's declaration; vitest runs it, and `tsc` is the judge. */
import { describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import type { TaskApp } from './task-app.js';

const order = z.object({ id: z.string(), items: z.coerce.number() });
const receipt = z.object({ paid: z.boolean() });

/** Never run: its body is checked. */
async function declarations(app: TaskApp): Promise<void> {
  const charge = app.task('charge', {
    input: order,
    output: receipt,
    key: (payload) => payload.id,
    run: (payload) => {
      expectTypeOf(payload).toEqualTypeOf<{ id: string; items: number }>();
      return { paid: true };
    },
  });
  expectTypeOf<Parameters<typeof charge.enqueue>[0]>().toEqualTypeOf<{ id: string; items: unknown }>();
  expectTypeOf(await (await charge.enqueue({ id: 'A', items: '3' })).result()).toEqualTypeOf<{
    paid: boolean;
  }>();

  const plain = app.task('plain', { run: (payload: { n: number }) => payload.n + 1 });
  expectTypeOf<Parameters<typeof plain.enqueue>[0]>().toEqualTypeOf<{ n: number }>();
  expectTypeOf(await (await plain.enqueue({ n: 1 })).result()).toEqualTypeOf<number>();

  const later = app.task('later', { input: order, output: receipt });
  later.handle((payload) => ({ paid: payload.items > 0 }));
  // @ts-expect-error: the result does not fit the output's schema
  later.handle(() => ({ paid: 'yes' }));
  // @ts-expect-error: the payload does not fit the input's schema
  await later.enqueue({ id: 1 });

  const threaded = app.task('threaded', { input: order, output: receipt, thread: 'pay.js' });
  expectTypeOf<Parameters<typeof threaded.enqueue>[0]>().toEqualTypeOf<{ id: string; items: unknown }>();
  expectTypeOf(await threaded.find('1').result()).toEqualTypeOf<{ paid: boolean }>();
  // @ts-expect-error: a file is named by a path or a URL
  app.task('misnamed', { thread: 42 });

  const both = await app.gather([charge.with({ id: 'A', items: 1 }), plain.with({ n: 1 })]);
  expectTypeOf(both).toEqualTypeOf<[{ paid: boolean }, number]>();
  const settled = await app.gather([plain.with({ n: 1 })], { onError: 'collect' });
  expectTypeOf(settled).toEqualTypeOf<[PromiseSettledResult<number>]>();
  const many = await app.gather([1, 2, 3].map((n) => plain.with({ n })));
  expectTypeOf(many).toEqualTypeOf<number[]>();
}

describe('the types of a task', () => {
  it('follow from its schemas and its handler', () => {
    expectTypeOf(declarations).toBeFunction();
  });
});
