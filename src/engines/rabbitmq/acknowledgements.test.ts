import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Acknowledgements } from './acknowledgements.js';

interface Wire {
  readonly acknowledged: Set<number>;
  readonly returned: Set<number>;
  frames: number;
}

/** A server's view: a multiple acknowledgement settles everything unsettled up to its tag. */
function serverOf(deliveries: number): [Acknowledgements, Wire] {
  const wire: Wire = { acknowledged: new Set(), returned: new Set(), frames: 0 };
  const open = (tag: number): boolean => !wire.acknowledged.has(tag) && !wire.returned.has(tag);
  const giveBack = ({
    fields: { deliveryTag },
  }: {
    readonly fields: { readonly deliveryTag: number };
  }): void => {
    wire.frames++;
    if (!open(deliveryTag) || deliveryTag > deliveries) throw new Error(`unknown tag ${deliveryTag}`);
    wire.returned.add(deliveryTag);
  };
  const acknowledgements = new Acknowledgements({
    ack({ fields: { deliveryTag } }, multiple) {
      wire.frames++;
      if (!open(deliveryTag)) throw new Error(`unknown tag ${deliveryTag}`);
      for (let tag = multiple === true ? 1 : deliveryTag; tag <= deliveryTag; tag++)
        if (open(tag)) wire.acknowledged.add(tag);
    },
    nack: giveBack,
    reject: giveBack,
  });
  return [acknowledgements, wire];
}

describe('acknowledgements on the wire', () => {
  it('settle exactly what was settled, in any order, and each once', () => {
    const action = fc.constantFrom('acknowledge' as const, 'giveBack' as const, 'leave' as const);
    const tags = fc.array(action, { minLength: 1, maxLength: 60 }).chain((actions) =>
      fc.shuffledSubarray(
        actions.map((kind, index) => ({ kind, tag: index + 1 })),
        { minLength: actions.length },
      ),
    );
    fc.assert(
      fc.property(tags, fc.integer({ min: 1, max: 9 }), (steps, flushEvery) => {
        const [acknowledgements, wire] = serverOf(steps.length);
        for (const [index, { kind, tag }] of steps.entries()) {
          if (kind === 'acknowledge') acknowledgements.acknowledge(tag);
          if (kind === 'giveBack') acknowledgements.giveBack(tag, tag % 2 === 0 ? 'failed' : 'unused');
          if (index % flushEvery === 0) acknowledgements.flush();
        }
        acknowledgements.flush();
        const of = (kind: string): Set<number> =>
          new Set(steps.filter((step) => step.kind === kind).map(({ tag }) => tag));
        expect(wire.acknowledged).toEqual(of('acknowledge'));
        expect(wire.returned).toEqual(of('giveBack'));
      }),
    );
  });

  it('go out as one for messages in a row, by themselves within a turn', async () => {
    const [acknowledgements, wire] = serverOf(100);
    for (let tag = 1; tag <= 100; tag++) acknowledgements.acknowledge(tag);
    expect(wire.frames).toBe(0);
    await new Promise((resolve) => setImmediate(resolve));
    expect([wire.frames, wire.acknowledged.size]).toEqual([1, 100]);
  });

  it('are given up when the channel is gone', async () => {
    const [acknowledgements, wire] = serverOf(1);
    acknowledgements.acknowledge(1);
    acknowledgements.end();
    await new Promise((resolve) => setImmediate(resolve));
    expect(wire.frames).toBe(0);
  });
});
