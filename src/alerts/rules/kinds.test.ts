/** Each kind of rule over figures made for it: a case that fires, and the nearest one that must not. */
import { describe, expect, it } from 'vitest';
import { judge, type Judged } from '../testing/judged.js';
import { queueAt, scriptStart, type Script, type ScriptedObject } from '../testing/scripted-figures.js';

/** One queue by the seconds since the beginning; `undefined`: nothing can be measured. */
function queue(at: (second: number) => Readonly<Record<string, number>> | undefined): Script {
  return (second) => {
    const figures = at(second - scriptStart);
    return figures === undefined ? undefined : [queueAt('a', figures)];
  };
}

function ready(at: (second: number) => number): Script {
  return queue((second) => ({ sluice_messages_ready: at(second) }));
}

function transitions(told: readonly Judged[]): string[] {
  return told.map(({ at, transition }) => `${transition} at ${at}`);
}

/** Never negative. */
function mod(at: number, by: number): number {
  return ((at % by) + by) % by;
}

async function fires(rule: object, script: Script, seconds: number, from = 0): Promise<string[]> {
  return transitions(await judge([{ name: 'r', ...rule }], script, { seconds, from }));
}

describe('a threshold', () => {
  const rule = { metric: 'sluice_messages_ready', above: 100, clear: 60, for: '30s', clearFor: '30s' };

  it('fires when it was exceeded for the whole of `for`, and not one step before', async () => {
    expect(
      await fires(
        rule,
        ready((at) => (at >= 10 && at <= 40 ? 101 : 0)),
        60,
      ),
    ).toEqual(['fired at 40']);
    expect(
      await fires(
        rule,
        ready((at) => (at >= 10 && at < 40 ? 101 : 0)),
        60,
      ),
    ).toEqual([]);
    expect(
      await fires(
        rule,
        ready(() => 100),
        600,
      ),
    ).toEqual([]);
  });

  it('goes on between its levels, and ends below the lower one for the whole of `clearFor`', async () => {
    const band = (quiet: number): Script => ready((at) => (at < 60 ? 101 : at < 900 ? 61 : quiet));
    expect(await fires(rule, band(61), 1_200)).toEqual(['fired at 30']);
    expect(await fires(rule, band(60), 1_200)).toEqual(['fired at 30', 'resolved at 930']);
  });

  it('does not flap on figures that swing over its level', async () => {
    const swinging = ready((at) => (at < 60 ? 150 : (at / 5) % 2 === 0 ? 120 : 80));
    expect(await fires(rule, swinging, 3_600)).toEqual(['fired at 30']);
  });

  it('neither fires nor ends on unknown figures, and counts no time without them', async () => {
    const gap = queue((at) => (at >= 20 && at < 300 ? {} : { sluice_messages_ready: 150 }));
    expect(await fires(rule, gap, 400)).toEqual(['fired at 315']);
    const lost = queue((at) => (at < 60 ? { sluice_messages_ready: 150 } : undefined));
    expect(await fires(rule, lost, 7_200)).toEqual(['fired at 30', 'unknown at 85']);
  });
});

describe('a rate of change', () => {
  const rule = { kind: 'change', metric: 'sluice_messages_ready', over: '10m', above: 1_000, for: '1m' };

  it('fires on a step, and not on the same climb over twice the time', async () => {
    const climb = (seconds: number): Script =>
      ready((at) => 5_000 + 1_200 * Math.min(1, Math.max(0, (at - 900) / seconds)));
    expect(await fires(rule, climb(60), 1_500)).toEqual(['fired at 1015']);
    expect(await fires(rule, climb(1_200), 3_000)).toEqual([]);
  });

  it('as a share looks at what it was before, and knows of no share of nothing', async () => {
    const share = { ...rule, over: '5m', above: 0.5, relative: true, for: 0 };
    expect(
      await fires(
        share,
        ready((at) => (at < 600 ? 100 : 151)),
        700,
      ),
    ).toEqual(['fired at 600']);
    expect(
      await fires(
        share,
        ready((at) => (at < 600 ? 100 : 150)),
        700,
      ),
    ).toEqual([]);
    expect(
      await fires(
        share,
        ready((at) => (at < 600 ? 0 : 150)),
        700,
      ),
    ).toEqual([]);
  });

  it('compares with nothing older than it says, where there was a gap', async () => {
    const gap = queue((at) =>
      at < 60 ? { sluice_messages_ready: 0 } : at < 1_000 ? undefined : { sluice_messages_ready: 9_000 },
    );
    const short = { ...rule, over: '5m', for: 0 };
    expect(await fires(short, gap, 1_200)).toEqual([]);
  });
});

describe('a forecast', () => {
  const rule = {
    kind: 'forecast',
    metric: 'sluice_messages_ready',
    over: '30m',
    above: 100_000,
    within: '2h',
  };
  const noise = (at: number): number => ((at * 7_919) % 101) - 50;

  it('fires when the line gets there in time, and not when it comes later', async () => {
    // After 40 min at 11 a second 73,600 are left: 6,690 s. At 8 a second 80,800: 10,100 s.
    expect(
      await fires(
        rule,
        ready((at) => at * 11 + noise(at)),
        2_400,
      ),
    ).not.toEqual([]);
    expect(
      await fires(
        rule,
        ready((at) => at * 8 + noise(at)),
        2_400,
      ),
    ).toEqual([]);
  });

  it('is not bent by bursts in a quarter of the points, nor by a saw of what drains again', async () => {
    const bursts = ready((at) => 20_000 + (mod(at, 1_200) < 280 ? 30_000 : 0) + noise(at));
    expect(await fires(rule, bursts, 3_600)).toEqual([]);
    const saw = ready((at) => 20_000 + mod(at, 300) * 100);
    expect(await fires({ ...rule, for: '5m' }, saw, 3_600)).toEqual([]);
  });

  it('draws no line through less than half of its time', async () => {
    const young = queue((at) => (at < 1_000 ? {} : { sluice_messages_ready: (at - 1_000) * 60 }));
    expect((await fires(rule, young, 3_600))[0]).toMatch(/^fired at (19|20)\d\d$/);
  });
});

describe('absence', () => {
  const where = { engine: 'embedded', vhost: '/', queue: 'a' };
  const rule = { kind: 'absence', where, for: '1m' };
  const engine = (name: string, up = 1): ScriptedObject => ({
    ...{ kind: 'engine', labels: [name] },
    figures: { sluice_engine_up: up },
  });
  const gone =
    (engines: readonly ScriptedObject[]): Script =>
    (second) =>
      second - scriptStart < 60 ? [...engines, queueAt('a', { sluice_messages_ready: 1 })] : engines;

  it('fires when it is gone for long enough, and not for a queue that comes back', async () => {
    expect(await fires(rule, gone([engine('embedded')]), 300)).toEqual(['fired at 120']);
    const back: Script = (second) =>
      (second - scriptStart) % 90 < 40 ? [engine('embedded'), queueAt('a', {})] : [engine('embedded')];
    expect(await fires(rule, back, 900)).toEqual([]);
  });

  it('says nothing while its own engine is not measured, whatever others are', async () => {
    expect(await fires(rule, gone([engine('other')]), 900)).toEqual([]);
    expect(await fires(rule, gone([engine('embedded', 0), engine('other')]), 900)).toEqual([]);
  });

  it('is unknown, and not over, when nobody looks any more', async () => {
    const blind: Script = (second) =>
      second - scriptStart < 200 ? gone([engine('embedded')])(second) : undefined;
    expect(await fires(rule, blind, 900)).toEqual(['fired at 120', 'unknown at 225']);
  });

  it('of an engine fires for the engine', async () => {
    const lost: Script = (second) =>
      second - scriptStart < 60 ? [engine('far'), engine('near')] : [engine('near')];
    expect(
      await fires({ kind: 'absence', of: 'engine', where: { engine: 'far' }, for: '30s' }, lost, 200),
    ).toEqual(['fired at 90']);
  });
});

describe('staleness', () => {
  const rule = { kind: 'staleness', above: '1m', clearFor: 0 };
  const silent: Script = queue((at) =>
    at < 100 ? { sluice_messages_ready: 1 } : at < 1_000 ? undefined : { sluice_messages_ready: 1 },
  );

  it('fires after its time without figures, and ends with the next of them', async () => {
    expect(await fires(rule, silent, 1_100)).toEqual(['fired at 160', 'resolved at 1000']);
    const blink = queue((at) => (at % 60 === 0 ? { sluice_messages_ready: 1 } : undefined));
    expect(await fires(rule, blink, 900)).toEqual([]);
  });

  it('goes on after a restart of which nothing is known yet, and ends with what is known to be gone', async () => {
    const told = await judge([{ name: 'r', ...rule }], silent, { seconds: 1_100, restartAt: 500 });
    expect(transitions(told)).toEqual(['fired at 160', 'resolved at 1000']);
    const gone = await judge([{ name: 'r', ...rule }], silent, {
      ...{ seconds: 900, restartAt: 500 },
      isGone: () => true,
    });
    expect(transitions(gone)).toEqual([]);
  });
});
