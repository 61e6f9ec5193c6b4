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

function makeProgram(shell: Shell): Command {
  return new Command('sluice')
    .description('A durable message queue broker. Start one with: sluice up')
    .option('--data <dir>', 'the data directory of the server (./data)')
    .option('--config <file>', 'the configuration file (./sluice.yaml, if there is one)')
    .option('--json', 'print JSON for programs')
    .helpCommand('help [command]', 'show help for a command')
    .helpOption('-h, --help', 'show help')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .configureOutput({
      writeOut: (text) => void shell.out.write(text),
      writeErr: (text) => void shell.err.write(text),
      outputError: (text, write) => {
        write(text.replace(/^error: /, 'sluice: '));
      },
    })
    .showHelpAfterError('Run with --help to see what it takes.')
    .exitOverride();
}

function addCommand(program: Command, { name, summary }: CommandEntry): Command {
  return program.command(name).description(summary).copyInheritedSettings(program);
}

/** Runs the program with the words after its name; gives the exit code. Never rejects. */
export async function runProgram(words: readonly string[], shell: Shell): Promise<ExitCode> {
  const program = makeProgram(shell);
  const typed = commandWord(words);
  try {
    for (const entry of commandTable) {
      const command = addCommand(program, entry);
      const isNamed = typed === entry.name || (typed === 'help' && words.includes(entry.name));
      if (isNamed) (await entry.load()).define(command, shell);
    }
    if (words.length === 0) {
      program.outputHelp();
      return shell.exitCode;
    }
    await program.parseAsync(words, { from: 'user' });
    return shell.exitCode;
  } catch (error) {
    return reportFailure(shell, error, words.includes('--json'));
  }
}
