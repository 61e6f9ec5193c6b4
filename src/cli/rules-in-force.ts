/**
 * The rules that an export is made from: those of the running server, else those that the configuration would bring into
 * force. A configuration that is named goes before the server.
 */
import type { Command } from 'commander';
import type { ExportedRule } from '../alerts/index.js';
import { SluiceError } from '../kernel/index.js';
import { dataDirectoryOf, ServerCalls } from './server-call.js';
import type { GlobalOptions, Shell } from './shell.js';

/** Rejects with `config-invalid`. */
export async function rulesInForce(command: Command, shell: Shell): Promise<readonly ExportedRule[]> {
  const { config } = command.optsWithGlobals<GlobalOptions>();
  const running = config === undefined ? await rulesOfServer(command, shell) : undefined;
  if (running !== undefined) return running;
  const { loadSettings } = await import('../config/index.js');
  const { configuredRules } = await import('../alerts/index.js');
  const { environment, workingDirectory } = shell;
  const { settings } = await loadSettings({ flags: { config }, environment, workingDirectory });
  return configuredRules(settings.alerts);
}

/** Undefined: none runs, or it evaluates none. */
async function rulesOfServer(command: Command, shell: Shell): Promise<readonly ExportedRule[] | undefined> {
  const { connectControl } = await import('../control/index.js');
  const client = await connectControl(await dataDirectoryOf(command, shell));
  if (client === undefined) return undefined;
  try {
    return (await new ServerCalls(client).call('alert.rules', {})).rules;
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'unsupported') return undefined;
    throw error;
  } finally {
    client.close();
  }
}
