/** `sluice engine search|forecast ENGINE QUEUE`: as `sluice queue search` and `forecast`, on any engine. */
import type { Command } from 'commander';
import type { OperationResult } from '../../operations/index.js';
import { bodyText, storedMessageLine } from '../message-text.js';
import { wholeNumber } from '../option-values.js';
import { forecastInput, sayForecast, withSpan, type SpanOptions } from '../queue-forecast.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';
import { withVhost } from '../vhost-option.js';
import { doubtsText, filterOf, withFilter, type FilterOptions } from './queue-messages.js';

type Found = OperationResult<'engine.queue.search'>;

const reasons = {
  messages: 'so many are looked at on another engine, and no more',
  bytes: 'their bodies are as large as can be held',
  time: 'the time was over',
  found: 'more were not asked for (--limit)',
} as const;

function endText({ lookedAt, total, stoppedBy, ...doubts }: Found): string {
  const all = total === undefined ? '' : ` of ${total}`;
  const end = stoppedBy === undefined ? '' : ` Those behind were not looked at: ${reasons[stoppedBy]}.`;
  return `looked at ${lookedAt}${all} messages.${doubtsText(doubts)}${end}`;
}

function defineSearch(command: Command, shell: Shell): void {
  withFilter(command.argument('<engine>').argument('<queue>'))
    .option('-n, --limit <n>', 'how many messages to find', wholeNumber(1, 200), 20)
    .action(async (engine: string, queue: string, options: FilterOptions & { readonly limit: number }) => {
      const { vhost, limit } = options;
      const input = { engine, vhost, queue, ...filterOf(options), from: 0, limit };
      const found = await withServer(command, shell, (server) => server.call('engine.queue.search', input));
      if (shell.isJson(command)) {
        await shell.sayJson(found);
        return;
      }
      for (const message of found.items) {
        const body = Buffer.from(message.body, 'base64');
        const more = message.bodyBytes > body.length ? '…' : '';
        await shell.say(`${storedMessageLine(message, message.bodyBytes)}\n${bodyText(body)}${more}`);
      }
      await shell.say(`Found ${found.items.length}; ${endText(found)}`);
    });
}

function defineForecast(command: Command, shell: Shell): void {
  withSpan(withVhost(command.argument('<engine>').argument('<queue>'))).action(
    async (engine: string, queue: string, options: SpanOptions) => {
      const input = { engine, queue, ...forecastInput(options) };
      const answer = await withServer(command, shell, (server) =>
        server.call('engine.queue.forecast', input),
      );
      await sayForecast(command, shell, answer);
    },
  );
}

/** Defines the commands below `sluice engine`. */
export function defineEngineSearch(engine: Command, shell: Shell): void {
  const below = (name: string, summary: string): Command => engine.command(name).description(summary);
  defineSearch(below('search', 'find messages; of another engine those in front'), shell);
  defineForecast(below('forecast', 'say how a queue grows, and when it is full'), shell);
}
