/** How long browsers stay signed in, the same for a server's `sluice.yaml` and a program's `open`. */
import { z } from 'zod';
import { durationSetting } from './amount-settings.js';

const minuteMs = 60_000;
const longestMsMax = 30 * 24 * 60 * minuteMs;

/** The section `http.session`; milliseconds after parsing. */
export const sessionSettings = z
  .strictObject({
    /** Without a request. */
    idle: durationSetting.prefault('30m'),
    /** From the sign-in on. */
    longest: durationSetting.prefault('12h'),
  })
  .superRefine(({ idle, longest }, context) => {
    const refuse = (name: 'idle' | 'longest', message: string): void => {
      context.addIssue({ code: 'custom', path: [name], message });
    };
    if (longest > longestMsMax) refuse('longest', 'must be at most 30d');
    if (idle < minuteMs) refuse('idle', 'must be at least 1m');
    if (idle > longest) refuse('idle', 'must be at most http.session.longest');
  });

/** After parsing. */
export type SessionTimes = z.infer<typeof sessionSettings>;
