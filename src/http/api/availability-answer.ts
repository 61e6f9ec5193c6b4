/** How available an engine was, as the API answers it. */
import { z } from 'zod';

export const engineAvailability = z.object({
  engine: z.string(),
  measuredBy: z.enum(['probe', 'engine']).describe('probe messages, or whether it answers'),
  availability: z.number().optional().describe('up / (up + down)'),
  ...{ upSeconds: z.number(), downSeconds: z.number(), unknownSeconds: z.number(), failures: z.int() },
  recoverySeconds: z.number().optional().describe('mean, from down to up'),
});
