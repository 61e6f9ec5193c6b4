/** The `sluice` program: global options, the commands, and one way for every failure to end. */
import { Command } from 'commander';
import { commandTable, type CommandEntry } from './command-table.js';
import type { ExitCode } from './exit-codes.js';
import { reportFailure } from './failure.js';
import type { Shell } from './shell.js';

/** Global options that take a value; what follows one is no command. */
const valueOptions = new Set(['--data', '--config', '--engine']);

/** The first word that is neither an option nor an option's value. */
function commandWord(words: readonly string[]): string | undefined {
  return words.find((word, index) => !word.startsWith('-') && !valueOptions.has(words[index - 1] ?? ''));
}

function usageJson(text: string): string {
  const message = text.trim().replaceAll('\n', ' ');
  return `${JSON.stringify({ error: { code: 'bad-input', message } })}\n`;
}

function makeProgram(shell: Shell, isJson: boolean): Command {
  return new Command('sluice')
    .description('A durable message queue broker. Start one with: sluice up')
    .option('--data <dir>', 'the data directory of the server (./data)')
    .option('--config <file>', 'the configuration file (./sluice.yaml, if there is one)')
    .option('--json', 'print JSON for programs')
    .option('-V, --version', 'print the version')
    .helpCommand('help [command]', 'show help for a command')
    .helpOption('-h, --help', 'show help')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .configureOutput({
      writeOut: (text) => void shell.out.write(text),
      writeErr: (text) => void shell.err.write(text),
      outputError: (text, write) => {
        const message = text.replace(/^error: /, '');
        write(isJson ? usageJson(message) : `sluice: ${message}`);
      },
    })
    .showHelpAfterError(isJson ? false : 'Run with --help to see what it takes.')
    .exitOverride();
}

function addCommand(program: Command, { name, summary }: CommandEntry): Command {
  return program.command(name).description(summary).copyInheritedSettings(program);
}

/**
 * `--version` without a command means the command `version`; help for a command that there is not, that command: then it
 * is said that there is none, and which may have been meant.
 */
function meant(words: readonly string[]): readonly string[] {
  const [first, second = ''] = words;
  const isNoCommand = !second.startsWith('-') && !commandTable.some(({ name }) => name === second);
  if (first === 'help' && second !== '' && second !== 'help' && isNoCommand) return words.slice(1);
  const isAsked = words.some((word) => word === '--version' || word === '-V');
  if (!isAsked || commandWord(words) !== undefined) return words;
  return ['version', ...words.filter((word) => word === '--json')];
}

/** The program with every command, of which those that the words name are loaded. */
export async function programFor(words: readonly string[], shell: Shell): Promise<Command> {
  const program = makeProgram(shell, shell.isJsonAsked(words));
  const typed = commandWord(words);
  for (const entry of commandTable) {
    const command = addCommand(program, entry);
    const isNamed = typed === entry.name || (typed === 'help' && words.includes(entry.name));
    if (isNamed) (await entry.load()).define(command, shell);
  }
  return program;
}

/** Runs the program with the words after its name; gives the exit code. Never rejects. */
export async function runProgram(given: readonly string[], shell: Shell): Promise<ExitCode> {
  const words = meant(given);
  try {
    const program = await programFor(words, shell);
    if (words.length === 0) {
      program.outputHelp();
      return shell.exitCode;
    }
    await program.parseAsync(words, { from: 'user' });
    return shell.exitCode;
  } catch (error) {
    return reportFailure(shell, error, shell.isJsonAsked(words));
  }
}
