/** What signing in takes: a user and a password, in a body alone. */
import { z } from 'zod';

const textLengthMax = 2_048;

export const signInInput = z.strictObject({
  user: z.string().max(textLengthMax),
  password: z.string().max(textLengthMax),
});

export type SignInInput = z.infer<typeof signInInput>;
