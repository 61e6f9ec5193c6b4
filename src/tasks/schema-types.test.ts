/**
 * What the compiler infers from schemas of other libraries, and from ones that answer later; vitest runs it, and `tsc`
 * is the judge. valibot and arktype are here by the shapes of their objects: their types carry `~standard` in these ways.
 */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { openTesting } from '../testing/index.js';
import type { TaskApp } from './task-app.js';
import { validate, type StandardSchema } from './standard-schema.js';

interface Order {
  readonly id: string;
  readonly cents: number;
}

interface Issue {
  readonly message: string;
  readonly path?: readonly { readonly key: PropertyKey }[];
}

/** As valibot's: an object with `types` that may be undefined, and issues with paths of objects. */
interface ValibotLike<Input, Output> {
  readonly kind: 'schema';
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: 'valibot';
    readonly validate: (value: unknown) => { readonly value: Output } | { readonly issues: readonly Issue[] };
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** As arktype's: a function that has `~standard`. */
interface ArkLike<Input, Output> {
  (data: unknown): Output;
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: 'arktype';
    readonly validate: (value: unknown) => { readonly value: Output } | { readonly issues: readonly Issue[] };
    readonly types?: { readonly input: Input; readonly output: Output };
  };
}

const valibotOrder: ValibotLike<{ id: string; cents: string }, Order> = {
  kind: 'schema',
  '~standard': {
    version: 1,
    vendor: 'valibot',
    validate: (value) => {
      const { id, cents } = value as { id: string; cents: string };
      if (typeof cents === 'string') return { value: { id, cents: Number(cents) } };
      return { issues: [{ message: 'expected text', path: [{ key: 'cents' }] }] };
    },
  },
};

const arkOrder: ArkLike<Order, Order> = Object.assign((data: unknown) => data as Order, {
  '~standard': {
    version: 1,
    vendor: 'arktype',
    validate: (value: unknown) =>
      typeof (value as Order).id === 'string'
        ? { value: value as Order }
        : { issues: [{ message: 'id must be text' }] },
  } as const,
});

/** Answers later, as one does that asks a database. */
const laterOrder: StandardSchema<{ id: string }, Order> = {
  '~standard': {
    version: 1,
    vendor: 'ours',
    validate: async (value) => {
      await Promise.resolve();
      const { id } = value as { id: string };
      return id === '' ? { issues: [{ message: 'no such order' }] } : { value: { id, cents: id.length } };
    },
  },
};

/** Never run: its body is checked. */
async function declarations(app: TaskApp): Promise<void> {
  const first = app.task('valibot', {
    input: valibotOrder,
    key: (payload) => payload.id,
    run: (payload) => {
      expectTypeOf(payload).toEqualTypeOf<Order>();
      return payload.cents;
    },
  });
  expectTypeOf<Parameters<typeof first.enqueue>[0]>().toEqualTypeOf<{ id: string; cents: string }>();
  expectTypeOf(await first.find('1').result()).toEqualTypeOf<number>();
  // @ts-expect-error: its schema takes text
  await first.enqueue({ id: 'A', cents: 3 });

  const second = app.task('arktype', { input: arkOrder, output: valibotOrder });
  second.handle((payload) => {
    expectTypeOf(payload).toEqualTypeOf<Order>();
    return { id: payload.id, cents: '3' };
  });
  expectTypeOf(await second.find('1').result()).toEqualTypeOf<Order>();
  // @ts-expect-error: the schema of its result takes text
  app.task('misfit', { output: valibotOrder, run: () => ({ id: 'A', cents: 3 }) });

  const third = app.task('later', { input: laterOrder, output: z.object({ paid: z.boolean() }) });
  third.handle((payload) => {
    expectTypeOf(payload).toEqualTypeOf<Order>();
    return { paid: true };
  });
  expectTypeOf<Parameters<typeof third.enqueue>[0]>().toEqualTypeOf<{ id: string }>();

  const changed = app.task('changed', {
    input: z.object({ at: z.iso.datetime().transform((text) => new Date(text)) }),
    run: async ({ at }) => {
      expectTypeOf(at).toEqualTypeOf<Date>();
      await Promise.resolve();
      return at.getTime();
    },
  });
  expectTypeOf<Parameters<typeof changed.enqueue>[0]>().toEqualTypeOf<{ at: string }>();
  expectTypeOf(await changed.find('1').result()).toEqualTypeOf<number>();

  const calls = [
    first.with({ id: 'A', cents: '1' }),
    second.with({ id: 'A', cents: 1 }),
    third.with({ id: 'A' }),
    changed.with({ at: '2026-03-01T00:00:00Z' }, { priority: 'high' }),
  ] as const;
  expectTypeOf(await app.gather(calls)).toEqualTypeOf<[number, Order, { paid: boolean }, number]>();
  expectTypeOf(await app.gather(calls, { concurrency: 2, onError: 'collect' })).toEqualTypeOf<
    [
      PromiseSettledResult<number>,
      PromiseSettledResult<Order>,
      PromiseSettledResult<{ paid: boolean }>,
      PromiseSettledResult<number>,
    ]
  >();
  // @ts-expect-error: what it is bound to does not fit the schema
  await app.gather([third.with({ name: 'A' })]);
}

describe('schemas of other libraries', () => {
  it('give their types', () => {
    expectTypeOf(declarations).toBeFunction();
  });

  it('are validated at the enqueue and at the worker, those that answer later too', async () => {
    const app = await openTesting();
    const seen: Order[] = [];
    const run = (payload: Order): void => void seen.push(payload);
    const tasks = [
      app.task('valibot', { input: valibotOrder, run }),
      app.task('arktype', { input: arkOrder, run }),
      app.task('later', { input: laterOrder, run }),
    ] as const;
    app.worker({ tasks });
    await tasks[0].enqueue({ id: 'A', cents: '3' });
    await tasks[1].enqueue({ id: 'B', cents: 4 });
    await tasks[2].enqueueAll([{ id: 'C' }, { id: 'DD' }]);
    await app.idle();
    expect(seen.map(({ id, cents }) => `${id}${cents}`).sort()).toEqual(['A3', 'B4', 'C1', 'DD2']);
    await expect(tasks[0].enqueue({ id: 'A', cents: 3 as never })).rejects.toMatchObject({
      name: 'SchemaMismatch',
      issues: ['cents: expected text'],
    });
    await expect(tasks[1].enqueue({ id: 1 as never, cents: 4 })).rejects.toThrow('id must be text');
    await expect(tasks[2].enqueue({ id: '' })).rejects.toThrow('no such order');
    await expect(tasks[2].enqueueAll([{ id: 'E' }, { id: '' }])).rejects.toThrow('no such order');
    await app.idle();
    expect(seen).toHaveLength(4);
    await app.close();
  });

  it('that throw are refused as what they throw', async () => {
    const broken: StandardSchema<string> = {
      '~standard': { version: 1, vendor: 'ours', validate: () => Promise.reject(new RangeError('away')) },
    };
    await expect(validate(broken, 'x')).rejects.toThrow('away');
  });
});
