import { describe, expect, it } from 'vitest';
import { FakeClock, seededRandom, SimulatedDisk, type Disk } from '../kernel/index.js';
import type { Log } from './log.js';
import { memoryLimitBytes, ResourceWatch, type MemoryReading } from './resource-watch.js';

const quiet: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

interface Watched {
  readonly watch: ResourceWatch;
  readonly clock: FakeClock;
  readonly alarms: string[];
  readonly collections: number[];
  memory: MemoryReading;
  freeBytes: number | 'unknown';
}

function watched(): Watched {
  const clock = new FakeClock();
  const simulated = new SimulatedDisk({ random: seededRandom(1) });
  const state: Watched = {
    clock,
    alarms: [],
    collections: [],
    memory: { residentBytes: 0, allocatedBytes: 0 },
    freeBytes: 1_000,
    watch: new ResourceWatch({
      directory: '/data',
      disk: Object.assign(Object.create(simulated) as Disk, {
        space: () =>
          state.freeBytes === 'unknown'
            ? Promise.reject(new TypeError('EIO'))
            : Promise.resolve({ freeBytes: state.freeBytes, totalBytes: 10_000 }),
      }),
      clock,
      log: quiet,
      limits: { memoryBytes: 1_000, diskFreeBytes: 100 },
      setAlarm: (alarm, raised) => {
        const change = `${alarm} ${raised ? 'raised' : 'cleared'}`;
        if (state.alarms.at(-1) !== change) state.alarms.push(change);
      },
      readMemory: () => state.memory,
      collect: () => state.collections.push(clock.now()),
    }),
  };
  return state;
}

const allocated = (bytes: number): MemoryReading => ({ residentBytes: bytes, allocatedBytes: bytes });

describe('memory', () => {
  it('raises the alarm at the limit and clears it only with room to spare', () => {
    const state = watched();
    for (const bytes of [999, 1_000, 1_200, 960, 949, 999]) {
      state.memory = allocated(bytes);
      state.watch.checkMemory();
    }
    expect(state.alarms).toEqual(['memory raised', 'memory cleared']);
  });

  it('does not count free memory that the allocator keeps', () => {
    const state = watched();
    state.memory = { residentBytes: 1_500, allocatedBytes: 599 };
    state.watch.checkMemory();
    expect(state.alarms).toEqual([]);
    state.memory = allocated(1_500);
    state.watch.checkMemory();
    state.memory = { residentBytes: 1_500, allocatedBytes: 499 };
    state.watch.checkMemory();
    expect(state.alarms).toEqual(['memory raised', 'memory cleared']);
  });

  it('asks for garbage collection while the alarm lasts, now and then', () => {
    const state = watched();
    state.watch.checkMemory();
    expect(state.collections).toHaveLength(0);
    state.memory = allocated(1_100);
    for (let check = 0; check < 40; check++) {
      state.watch.checkMemory();
      state.clock.advance(250);
    }
    expect(state.collections).toHaveLength(2);
  });

  it('takes a new limit over', () => {
    const state = watched();
    state.memory = allocated(1_100);
    state.watch.checkMemory();
    state.watch.setLimits({ memoryBytes: 2_000, diskFreeBytes: 100 });
    state.watch.checkMemory();
    expect(state.alarms).toEqual(['memory raised', 'memory cleared']);
  });

  it('reads a limit as bytes or as a share', () => {
    expect(memoryLimitBytes({ kind: 'bytes', bytes: 5 })).toBe(5);
    expect(memoryLimitBytes({ kind: 'share', share: 0.4 }, 1_000)).toBe(400);
  });
});

describe('the disk', () => {
  it('raises the alarm below the limit and clears it only with room to spare', async () => {
    const state = watched();
    for (const freeBytes of [100, 99, 100, 109, 110, 100]) {
      state.freeBytes = freeBytes;
      await state.watch.checkDisk();
    }
    expect(state.alarms).toEqual(['disk raised', 'disk cleared']);
    expect(state.watch.readings.diskFreeBytes).toBe(100);
  });

  it('says unknown when it cannot be measured, and leaves the alarm as it is', async () => {
    const state = watched();
    state.freeBytes = 50;
    await state.watch.checkDisk();
    state.freeBytes = 'unknown';
    await state.watch.checkDisk();
    expect(state.watch.readings.diskFreeBytes).toBeUndefined();
    expect(state.alarms).toEqual(['disk raised']);
  });
});

describe('the loop', () => {
  it('measures from time to time between start and stop', async () => {
    const state = watched();
    await state.watch.start();
    await state.watch.start();
    state.memory = allocated(1_100);
    state.clock.advance(250);
    expect(state.alarms).toEqual(['memory raised']);
    await state.watch.stop();
    await state.watch.stop();
    state.memory = allocated(0);
    state.clock.advance(10_000);
    expect(state.alarms).toEqual(['memory raised']);
  });

  it('stops also when a measurement is under way', async () => {
    const state = watched();
    await state.watch.start();
    state.clock.advance(1_000);
    await state.watch.stop();
    state.freeBytes = 1;
    state.clock.advance(10_000);
    expect(state.alarms).toEqual([]);
  });
});
