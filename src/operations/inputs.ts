/** The schemas that many operations share: names as AMQP can carry them, arguments, counts. */
import { z } from 'zod';

const textBytesMax = 255;

/** A text that fits an AMQP short string. */
export const shortText = z
  .string()
  .refine((text) => Buffer.byteLength(text) <= textBytesMax, `is longer than ${textBytesMax} bytes`);

/** A name that must not be empty. */
export const givenName = shortText.min(1, 'is empty');

/** The name of a virtual host. */
export const vhostName = givenName;

/** Arguments or headers as plain JSON; the broker's `fieldTable` gives them wire types. */
export const plainTable = z.record(z.string(), z.unknown());

/** How many of something are asked for. */
export const countUpTo = (max: number) => z.int().min(1).max(max);

/** Input of operations that need none. */
export const nothing = z.strictObject({});
