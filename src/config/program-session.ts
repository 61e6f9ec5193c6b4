/** How long browsers stay signed in to a program's HTTP side, checked as in a file. */
import { z } from 'zod';
import { configInvalid, problemsIn } from './problems.js';
import { sessionSettings, type SessionTimes } from './session-schema.js';

const section = z.strictObject({ http: z.strictObject({ session: sessionSettings }) });

/** Throws 'config-invalid', naming every problem. */
export function parseProgramSession(session: object): SessionTimes {
  const parsed = section.safeParse({ http: { session } });
  if (!parsed.success) throw configInvalid(problemsIn(parsed.error), () => undefined);
  return parsed.data.http.session;
}
