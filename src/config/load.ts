/**
 * Puts the settings together: a flag wins over the environment, the environment over the file, the file over
 * the default. The result is validated as a whole and frozen; nothing else in the program reads flags,
 * variables or the file.
 */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { ConfigFile } from './file.js';
import { settingFlags, variableOf, type SettingFlag } from './flags.js';
import { configInvalid, problemsIn, type Problem } from './problems.js';
import { settingsSchema, type Settings } from './schema.js';
import { deepFreeze, valueAt, withValue, type Tree } from './tree.js';

/** What the settings are made from. */
export interface SettingSources {
  /** Values of flags by name, without dashes; `config` names the file. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
}

/** The settings and where they came from. */
export interface LoadedSettings {
  readonly settings: Settings;
  /** The configuration file, if one was read. */
  readonly file: string | undefined;
  /** Worth telling, but no reason to refuse. */
  readonly warnings: readonly string[];
  /** The file and line, flag or variable that a setting came from, by its dotted path. */
  readonly where: (path: string) => string | undefined;
}

/** Settings that are paths: relative to the file they stand in, or to the working directory. */
const pathSettings: readonly (readonly string[])[] = [
  ['data'],
  ['tls', 'certificateFile'],
  ['tls', 'keyFile'],
  ['tls', 'clientAuthorityFile'],
  ['administrator', 'passwordFile'],
  ['zabbix', 'psk', 'file'],
];

/** The file to read: `--config`, `SLUICE_CONFIG`, or `sluice.yaml` in the working directory if it is there. */
export function configFilePath(sources: SettingSources): string | undefined {
  const named = sources.flags['config'] ?? sources.environment['SLUICE_CONFIG'];
  if (named !== undefined && named !== '') return resolve(sources.workingDirectory, named);
  const usual = resolve(sources.workingDirectory, 'sluice.yaml');
  return existsSync(usual) ? usual : undefined;
}

function withAbsolutePaths(tree: Tree, base: string): Tree {
  let result = tree;
  for (const path of pathSettings) {
    const value = valueAt(result, path);
    if (typeof value === 'string' && value !== '') result = withValue(result, path, resolve(base, value));
  }
  return result;
}

interface Override {
  readonly source: string;
  readonly setting: SettingFlag;
  readonly value: string;
}

function overridesIn(sources: SettingSources): Override[] {
  return settingFlags.flatMap((setting) => {
    const flag = sources.flags[setting.flag];
    if (flag !== undefined) return [{ source: `--${setting.flag}`, setting, value: flag }];
    const variable = variableOf(setting.flag);
    const value = sources.environment[variable];
    // An empty variable is how compose files leave one out.
    return value === undefined || value === '' ? [] : [{ source: variable, setting, value }];
  });
}

/** Names of a Kubernetes service called sluice, which appear without anyone's doing. */
const serviceLinkPattern = /^SLUICE_(.*_)?(SERVICE|PORT)(_.*)?$/;

function unknownVariables(environment: SettingSources['environment']): string[] {
  const known = new Set([
    ...settingFlags.map(({ flag }) => variableOf(flag)),
    'SLUICE_CONFIG',
    'SLUICE_JSON',
  ]);
  return Object.keys(environment)
    .filter((name) => name.startsWith('SLUICE_') && !known.has(name) && !serviceLinkPattern.test(name))
    .map((name) => `the environment variable ${name} is not a setting of Sluice`);
}

/** What a single setting's schema cannot see. */
function crossChecks(settings: Settings): Problem[] {
  const nothing = settings.amqp.port === 'off' && settings.amqp.tlsPort === 'off';
  const withoutTls = settings.tls === undefined && settings.amqp.port === 'off' && !nothing;
  if (withoutTls) {
    return [{ path: 'amqp.port', message: 'is off, and there is no certificate for amqp.tlsPort (tls)' }];
  }
  return [];
}

function parse(tree: Tree, where: (path: string) => string | undefined): Settings {
  const parsed = settingsSchema.safeParse(tree);
  if (!parsed.success) throw configInvalid(problemsIn(parsed.error), where);
  const problems = crossChecks(parsed.data);
  if (problems.length > 0) throw configInvalid(problems, where);
  return parsed.data;
}

function sourceNamer(file: ConfigFile | undefined, overrides: readonly Override[]) {
  return (path: string): string | undefined => {
    const override = overrides.find(({ setting }) => setting.path.join('.') === path);
    if (override !== undefined) return override.source;
    if (file === undefined || path === '') return file?.path;
    const line = file.lineOf(path);
    return line === undefined ? undefined : `${file.path}:${line}`;
  };
}

/** The YAML parser takes longer to load than most starts have a file for. */
async function readFile(path: string): Promise<ConfigFile> {
  const { readConfigFile } = await import('./file.js');
  return readConfigFile(path);
}

/** Rejects with 'config-invalid', with every problem and where it stands. */
export async function assembleSettings(sources: SettingSources): Promise<LoadedSettings> {
  const path = configFilePath(sources);
  const file = path === undefined ? undefined : await readFile(path);
  const overrides = overridesIn(sources);
  const overridden = overrides.reduce<Tree>(
    (tree, { setting, value }) => withValue(tree, setting.path, value),
    {},
  );
  let tree = file === undefined ? {} : withAbsolutePaths(file.tree, dirname(file.path));
  const fromOverrides = withAbsolutePaths(overridden, sources.workingDirectory);
  for (const { setting } of overrides) {
    tree = withValue(tree, setting.path, valueAt(fromOverrides, setting.path));
  }
  const where = sourceNamer(file, overrides);
  const settings = parse(tree, where);
  const data = resolve(sources.workingDirectory, settings.data);
  return {
    settings: deepFreeze({ ...settings, data }),
    file: file?.path,
    warnings: unknownVariables(sources.environment),
    where,
  };
}
