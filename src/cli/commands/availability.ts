/** `sluice availability`: how available engines were, and what is left of the error budget. */
import type { Command } from 'commander';
import { durationOption } from '../option-values.js';
import { engineLine } from '../report-text.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  command
    .addOption(durationOption('--since <time>', 'how far back', '1d'))
    .action(async ({ since }: { since: number }) => {
      const answer = await withServer(command, shell, (server) =>
        server.call('availability', { sinceMs: since }),
      );
      if (shell.isJson(command)) {
        await shell.sayJson(answer);
        return;
      }
      const { goal, goalRule, engines } = answer;
      const percent = (share: number): string => `${Math.floor(share * 100_000) / 1_000} %`;
      const source = goalRule === undefined ? '' : ` (rule ${goalRule})`;
      await shell.say(`The goal is ${percent(goal)}${source}.`);
      for (const engine of engines) {
        const allowed = (engine.upSeconds + engine.downSeconds) * (1 - goal);
        const spent =
          allowed > 0 ? `, ${percent(engine.downSeconds / allowed)} of the error budget spent` : '';
        await shell.say(`${engineLine(engine)}${spent}`);
      }
      if (engines.length === 0) await shell.say('Nothing is known of any engine.');
    });
}
