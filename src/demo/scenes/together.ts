/** Five tasks of 0 to 4 seconds at the same time: all are done when the longest is. */
import type { Scene, SceneResult, Stage } from '../scene.js';

const seconds = [0, 1, 2, 3, 4];

export const together: Scene = {
  name: 'together',
  title: 'Five tasks of 0 to 4 s, together',
  formula: 'elapsed = max(0, 1, 2, 3, 4) = 4 s, where one after another would take 0 + 1 + 2 + 3 + 4 = 10 s',
  docs: 'docs/tasks.md',
  play,
};

async function play({ app, pace, nowMs, tell }: Stage): Promise<SceneResult> {
  const begunMs = nowMs();
  const since = (): number => ((nowMs() - begunMs) * pace) / 1_000;
  const sleep = app.task<number, number, number>(`demo-sleep-${Math.round(begunMs)}`, {
    run: (duration) =>
      new Promise((resolve) => {
        setTimeout(
          () => {
            resolve(duration);
          },
          (duration * 1_000) / pace,
        );
      }),
  });
  const worker = app.worker({ tasks: [sleep], concurrency: seconds.length });
  await worker.ready;
  const startedMs = nowMs();
  const rows = await Promise.all(
    seconds.map(async (duration) => {
      const handle = await sleep.enqueue(duration);
      await handle.result();
      const doneS = since() - ((startedMs - begunMs) * pace) / 1_000;
      await tell(`the task of ${duration} s is done after ${doneS.toFixed(2)} s`);
      return { duration, doneS };
    }),
  );
  await worker.close();
  const elapsedS = Math.max(...rows.map(({ doneS }) => doneS));
  const sumS = seconds.reduce((sum, one) => sum + one, 0);
  return {
    rows: rows.map(({ duration, doneS }) => ({
      task: `${duration} s`,
      'done after': `${doneS.toFixed(2)} s`,
    })),
    verdict: `All five took ${elapsedS.toFixed(2)} s together; one after another they take ${sumS} s.`,
    holds: elapsedS < sumS / 2,
  };
}
