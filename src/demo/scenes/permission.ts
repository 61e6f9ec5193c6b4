/** A user who may read and not write is refused, and told what would allow it. */
import { open } from '../../open.js';
import { SluiceError } from '../../kernel/index.js';
import type { Row, Scene, SceneResult, Stage } from '../scene.js';

const queue = 'demo.payroll';

export const permission: Scene = {
  name: 'permission',
  title: 'A permission refused',
  formula:
    'allowed = the resource matches the pattern of the user for configure, write or read; no pattern, no right',
  docs: 'docs/security.md',
  play,
};

async function play({ app, server, nowMs, call, tell }: Stage): Promise<SceneResult> {
  const user = `demo-intern-${Math.round(nowMs())}`;
  const password = `only-for-the-demo-${Math.round(nowMs())}`;
  await app.queue(queue).declare();
  await call('user.add', { name: user, password, tags: [] });
  await call('permissions.set', { vhost: '/', user, configure: '^$', write: '^$', read: '.*' });
  try {
    const refused = await refusalOf(server.url, user, password);
    await tell(`${user} publishes to ${queue}: ${refused ?? 'it was let through'}`);
    await call('permissions.set', { vhost: '/', user, configure: '^$', write: '.*', read: '.*' });
    const allowed = await refusalOf(server.url, user, password);
    await tell(`with the right to write: ${allowed ?? 'let through'}`);
    const rows: Row[] = [
      { write: '^$', publishes: refused === undefined ? 'let through' : 'refused' },
      { write: '.*', publishes: allowed === undefined ? 'let through' : 'refused' },
    ];
    const command = `sluice permissions set ${user} --configure '^$' --write '.*' --read '.*'`;
    return {
      rows,
      verdict: `A user who may only read is refused. This lets it publish: ${command}. All of it is in the audit log: sluice audit tail.`,
      holds: refused !== undefined && allowed === undefined,
    };
  } finally {
    await call('user.delete', { name: user });
  }
}

/** What the server says to a publish; undefined: it was let through. */
async function refusalOf(url: string, user: string, password: string): Promise<string | undefined> {
  const address = new URL(url);
  address.username = user;
  address.password = password;
  const app = await open({ engine: address.href });
  try {
    await app.engine.send(queue, [{ body: Buffer.from('raise my pay') }]);
    return undefined;
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'access-refused') return error.message;
    throw error;
  } finally {
    await app.close();
  }
}
