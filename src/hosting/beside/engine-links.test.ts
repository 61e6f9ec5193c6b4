import { describe, expect, it } from 'vitest';
import type { Engine } from '../../engines/index.js';
import { FakeClock, SluiceError } from '../../kernel/index.js';
import { EngineLinks } from './engine-links.js';

/** Connections that count how often they were opened and closed. */
function counted(clock: FakeClock, open?: () => Promise<Engine>) {
  const counts = { opened: 0, closed: 0 };
  const close = (): Promise<void> => {
    counts.closed++;
    return Promise.resolve();
  };
  const engine = { close } as unknown as Engine;
  const links = new EngineLinks({
    clock,
    limitMs: 1_000,
    open: () => {
      counts.opened++;
      return open === undefined ? Promise.resolve(engine) : open();
    },
  });
  return { counts, links };
}

const never = <Result>(): Promise<Result> => new Promise(() => undefined);
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('connections to an engine beside', () => {
  it('are opened when first needed, shared, and closed when idle', async () => {
    const clock = new FakeClock();
    const { counts, links } = counted(clock);
    expect(counts.opened).toBe(0);
    await Promise.all([links.use('/', () => settled()), links.use('/', () => settled())]);
    await links.use('/', () => settled());
    expect(counts).toEqual({ opened: 1, closed: 0 });
    clock.advance(59_000);
    await links.use('/', () => settled());
    clock.advance(59_000);
    await settled();
    expect(counts.closed).toBe(0);
    clock.advance(2_000);
    await settled();
    expect(counts).toEqual({ opened: 1, closed: 1 });
    await links.use('other', () => settled());
    await links.use('/', () => settled());
    expect(counts.opened).toBe(3);
    await links.close();
    expect(counts.closed).toBe(3);
    await expect(links.use('/', () => settled())).rejects.toMatchObject({ code: 'closed' });
  });

  it('hang nobody: neither an opening nor a call that never ends', async () => {
    const clock = new FakeClock();
    const hanging = counted(clock, never);
    const opening = hanging.links.use('/', () => settled());
    const expected = expect(opening).rejects.toMatchObject({ code: 'timeout', retryable: true });
    clock.advance(1_001);
    await expected;
    expect(hanging.links.count).toBe(0);

    const { counts, links } = counted(clock);
    const call = links.use('/', () => never<number>());
    const refused = expect(call).rejects.toMatchObject({ code: 'timeout' });
    await settled();
    clock.advance(1_001);
    await refused;
    await settled();
    // Who comes next has a new one.
    expect(counts.closed).toBe(1);
    await links.use('/', () => settled());
    expect(counts.opened).toBe(2);
  });

  it('are tried anew after a failure, and kept after a refusal of the engine', async () => {
    const clock = new FakeClock();
    const failing = counted(clock, () => Promise.reject(new SluiceError('access-refused', 'no')));
    await expect(failing.links.use('/', () => settled())).rejects.toMatchObject({ code: 'access-refused' });
    await expect(failing.links.use('/', () => settled())).rejects.toMatchObject({ code: 'access-refused' });
    expect(failing.counts.opened).toBe(2);

    const { counts, links } = counted(clock);
    const refusal = (): Promise<never> => Promise.reject(new SluiceError('not-found', 'no queue'));
    await expect(links.use('/', refusal)).rejects.toMatchObject({ code: 'not-found' });
    await links.use('/', () => settled());
    expect(counts).toEqual({ opened: 1, closed: 0 });
  });

  it('are opened anew once the engine was found to be away', async () => {
    const { counts, links } = counted(new FakeClock());
    let end: () => void = () => undefined;
    const call = links.use('used', () => new Promise<void>((resolve) => (end = resolve)));
    await links.use('/', () => settled());
    links.forget();
    await links.use('/', () => settled());
    expect(counts.opened).toBe(3);
    end();
    await call;
    await links.use('used', () => settled());
    expect(counts).toEqual({ opened: 3, closed: 1 });
  });

  it('are bounded in number', async () => {
    const { links } = counted(new FakeClock());
    for (let index = 0; index < 32; index++) await links.use(`v${index}`, () => settled());
    await expect(links.use('one more', () => settled())).rejects.toMatchObject({ code: 'limit-reached' });
    expect(links.count).toBe(32);
  });
});
