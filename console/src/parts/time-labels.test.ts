import { describe, expect, it } from 'vitest';
import { timeLabels } from './time-labels.ts';

const midnight = Date.UTC(2026, 4, 2) / 1_000;

describe('the labels of a time axis', () => {
  it('tell seconds where they matter, and the day once', () => {
    const labels = timeLabels([midnight, midnight + 15, midnight + 30], 15, 'en', 'UTC');
    expect(labels).toEqual(['00:00:00\nMay 2', '00:00:15', '00:00:30']);
  });

  it('tell the day again when it changes', () => {
    const labels = timeLabels([midnight - 3_600, midnight, midnight + 3_600], 3_600, 'zh', 'UTC');
    expect(labels).toEqual(['23:00\n5月1日', '00:00\n5月2日', '01:00']);
  });

  it('are days where moments are days apart', () => {
    expect(timeLabels([midnight, midnight + 172_800], 172_800, 'en', 'UTC')).toEqual(['May 2', 'May 4']);
  });

  it('are of the zone where the reader is', () => {
    expect(timeLabels([midnight], 60, 'en', 'Asia/Shanghai')).toEqual(['08:00\nMay 2']);
  });
});
