/** How signatures of engines that are logs (Kafka, RocketMQ) are written: advice, clues, and what all have alike. */
import type { Condition } from '../expression.js';
import type { Clue, RemedyTemplate, Signature } from '../signature.js';

export const advice = (text: string): RemedyTemplate => ({
  remedy: 'advice',
  parameters: {},
  text,
  command: '',
});
export const clue = (text: string, weight: number, condition: Condition): Clue => ({
  text,
  weight,
  condition,
});

/** What every signature of a log has alike, and the least of what it may leave out. */
export function ofLog(
  parts: Omit<Signature, 'engines' | 'worst' | 'speaksAgainst' | 'explains' | 'figures'> &
    Partial<Pick<Signature, 'speaksAgainst' | 'explains' | 'figures'>>,
): Signature {
  return { engines: 'log', worst: {}, speaksAgainst: [], explains: [], figures: {}, ...parts };
}
