/** The built package, for tests of what the sources cannot do by themselves: a thread loads no TypeScript. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const index = new URL('../../dist/index.js', import.meta.url);

/** Why it is not there. */
export const unbuilt = existsSync(fileURLToPath(index)) ? undefined : 'dist/ is not built: npm run build';

/** What `import 'sluice'` gives a program. */
export async function builtSluice(): Promise<typeof import('../../src/index.js')> {
  return (await import(index.href)) as typeof import('../../src/index.js');
}
