/** The engine on a directory that another process owns takes the exam; a crash is the owner's, and this one takes over. */
import { describe, test } from 'vitest';
import { open } from '../../src/open.js';
import type { App } from '../../src/engines/index.js';
import { Household, unavailable, type Member } from '../attach/member.js';
import { exerciseEngine } from './exercise-engine.js';
import type { Target } from './target.js';

async function attachedTarget(): Promise<Target> {
  const household = await Household.make();
  const bystander = (): Promise<Member> => household.start({ send: false, receive: false });
  const apps = new Set<App>();
  let owner = await bystander();
  const openApp = async (): Promise<App> => {
    // The last trial's engine hands the directory back when it closes.
    if (apps.size === 0) await household.until(() => owner.role === 'owner', 'the other process owns it');
    const app = await open({ engine: household.directory });
    apps.add(app);
    const close = app.close.bind(app);
    app.close = async () => {
      await close();
      apps.delete(app);
    };
    return app;
  };
  const restart = async (): Promise<void> => {
    await owner.end('SIGKILL');
    owner = await bystander();
  };
  return {
    kind: 'sluice',
    open: openApp,
    async crash(app) {
      await restart();
      await app.close();
      return openApp();
    },
    restart,
    stop: () => household.end(),
  };
}

describe.skipIf(unavailable !== undefined)('on a directory that another process owns', () => {
  exerciseEngine(attachedTarget);
});

test.runIf(unavailable !== undefined)('the exam of an attached engine', (context) => {
  context.skip(unavailable);
});
