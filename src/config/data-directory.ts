/**
 * Finds the data directory for commands that speak to a running server, without loading the schemas: the flag,
 * the variable, the `data` of the configuration file, or `./data`.
 */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Where to look. */
export interface DataDirectoryQuery {
  readonly data: string | undefined;
  readonly config: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
}

function given(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

/** The absolute path. Throws 'config-invalid' when a configuration file that must be asked cannot be read. */
export async function findDataDirectory(query: DataDirectoryQuery): Promise<string> {
  const { environment, workingDirectory } = query;
  const named = given(query.data) ?? given(environment['SLUICE_DATA']);
  if (named !== undefined) return resolve(workingDirectory, named);
  const config = given(query.config) ?? given(environment['SLUICE_CONFIG']);
  const path = resolve(workingDirectory, config ?? 'sluice.yaml');
  if (config !== undefined || existsSync(path)) {
    const { readConfigFile } = await import('./file.js');
    const data = readConfigFile(path).tree['data'];
    if (typeof data === 'string' && data !== '') return resolve(dirname(path), data);
  }
  return resolve(workingDirectory, 'data');
}
