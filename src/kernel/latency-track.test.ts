import { describe, expect, it } from 'vitest';
import { LatencyTrack } from './latency-track.js';

describe('LatencyTrack', () => {
  it('tells the last interval apart from all that was', () => {
    const track = new LatencyTrack(0);
    track.record(10);
    expect([track.count, track.recent]).toEqual([1, undefined]);
    track.read(1_000);
    expect(track.recent?.maxMicroseconds).toBe(10_000);
    track.record(2, 3);
    track.read(2_000);
    expect(track.recent).toMatchObject({ count: 3, maxMicroseconds: 2_000 });
    expect([track.count, track.total.count, track.sumMicroseconds]).toEqual([4, 4, 16_000]);
    track.read(3_000);
    expect(track.recent).toBeUndefined();
    expect(track.whole().count).toBe(4);
  });

  it('gives readers that come close together the same interval', () => {
    const track = new LatencyTrack(0);
    track.record(1);
    const first = track.read(1_000).recent;
    track.record(5);
    expect(track.read(1_400).recent).toBe(first);
    expect(track.total.count).toBe(1);
    expect(track.whole().count).toBe(2);
    expect(track.read(2_000).recent?.maxMicroseconds).toBe(5_000);
  });
});
