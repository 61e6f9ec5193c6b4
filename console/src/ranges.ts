/** The stretches of time that plots show. */
import type { Word } from './words/english.ts';

export interface Range {
  readonly name: string;
  readonly word: Word;
  readonly seconds: number;
  /** How fine history is asked for, and how often plots go on. */
  readonly stepSeconds: number;
}

export const ranges: readonly Range[] = [
  { name: '5m', word: 'range5m', seconds: 300, stepSeconds: 1 },
  { name: '1h', word: 'range1h', seconds: 3_600, stepSeconds: 10 },
  { name: '1d', word: 'range1d', seconds: 86_400, stepSeconds: 120 },
  { name: '30d', word: 'range30d', seconds: 2_592_000, stepSeconds: 3_600 },
];

export function rangeNamed(name: string | undefined): Range {
  return ranges.find((range) => range.name === name) ?? ranges[0]!;
}
