/** What answers about searched and moved messages hold, for the API's document. */
import { z } from 'zod';
import { messageAnswer } from './answers.js';

const count = z.int().min(0);

export const foundMessageAnswer = messageAnswer.extend({
  bodyBytes: count,
  body: z.string().describe('base64: the part that was asked for; in a search the first 256 bytes'),
});

const progress = z.object({
  lookedAt: count.describe('messages that this call came by'),
  total: count.describe('messages in the queue'),
  next: count.optional().describe('from: of the call that goes on; left out: it came to the end'),
  until: count.describe('until: of the call that goes on, so that it does not run after what comes in'),
  partly: count.describe('bodies of which the first MiB alone was searched'),
  undecodable: count.describe('bodies that their content encoding does not fit, or that is not known'),
  unreadable: count.describe('messages that cannot be read from disk'),
});

export const searchAnswer = progress.extend({ items: z.array(foundMessageAnswer) });

export const moveAnswer = progress.extend({
  moved: count,
  movedBytes: count.describe('of their bodies'),
  active: count.describe('found, and with a client: they stay'),
  isFull: z.boolean().describe('it stopped, as the target has no room for the next'),
});
