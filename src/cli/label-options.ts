/** The options that name what is measured: one for each label that people know. */
import type { Command } from 'commander';

const labelOptions = [
  'engine',
  'vhost',
  'queue',
  'task',
  'consumer',
  'connection',
  'node',
  'source',
] as const;

/** Labels by name, those that were given. */
export type LabelOptions = Partial<Record<(typeof labelOptions)[number], string>>;

/** Adds the options. */
export function withLabels(command: Command): Command {
  for (const name of labelOptions) command.option(`--${name} <name>`, `only this ${name}`);
  return command;
}

/** The labels among the options. */
export function labelsIn(options: LabelOptions): LabelOptions {
  return Object.fromEntries(
    labelOptions.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  );
}
