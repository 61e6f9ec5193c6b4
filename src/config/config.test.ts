import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  compareSettings,
  findDataDirectory,
  loadSettings,
  placedProblem,
  settingFlags,
  takeOver,
  variableOf,
} from './index.js';
import { SluiceError } from '../kernel/index.js';
import { settingsSchema } from './schema.js';
import { valueAt } from './tree.js';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-config-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function load(
  sources: {
    flags?: Record<string, string>;
    environment?: Record<string, string>;
    file?: string;
  } = {},
) {
  if (sources.file !== undefined) writeFileSync(join(directory, 'sluice.yaml'), sources.file);
  return loadSettings({
    flags: sources.flags ?? {},
    environment: sources.environment ?? {},
    workingDirectory: directory,
  });
}

describe('the defaults', () => {
  it('listen on loopback and keep data in ./data', async () => {
    const { settings, file } = await load();
    expect(file).toBeUndefined();
    expect(settings).toMatchObject({
      data: join(directory, 'data'),
      host: ['localhost'],
      amqp: { port: 5672, tlsPort: 5671 },
      http: { port: 15_672, tlsPort: 15_671 },
      queues: { transient: 'keep', eta: 'hold' },
      limits: {
        memory: { kind: 'share', share: 0.4 },
        diskFree: 268_435_456,
        messageSize: 16_777_216,
        consumerTimeout: 1_800_000,
      },
    });
    expect(settings.tls).toBeUndefined();
    expect(settings.administrator).toBeUndefined();
  });

  it('are frozen throughout', async () => {
    const { settings } = await load();
    expect(Object.isFrozen(settings)).toBe(true);
    expect(Object.isFrozen(settings.limits.memory)).toBe(true);
    expect(Object.isFrozen(settings.access.loopbackUsers)).toBe(true);
  });
});

describe('precedence', () => {
  it('puts a flag over the environment, the environment over the file, the file over the default', async () => {
    const file = 'amqp: { port: 1001 }\nhttp: { port: 1002 }\nlimits: { messageSize: 1MiB }\n';
    const environment = { SLUICE_AMQP: '2001', SLUICE_HTTP: '2002' };
    const { settings } = await load({ file, environment, flags: { amqp: '3001' } });
    expect(settings.amqp.port).toBe(3001);
    expect(settings.http.port).toBe(2002);
    expect(settings.limits.messageSize).toBe(1_048_576);
    expect(settings.limits.diskFree).toBe(268_435_456);
  });

  it('takes an empty variable as not given', async () => {
    const { settings } = await load({ environment: { SLUICE_AMQP: '', SLUICE_ADMIN_PASSWORD_FILE: '' } });
    expect(settings.amqp.port).toBe(5672);
    expect(settings.administrator).toBeUndefined();
  });

  it('resolves paths of the file against the file, and paths of flags against the working directory', async () => {
    const path = join(directory, 'sluice.yaml');
    writeFileSync(path, 'data: ./here\ntls: { certificateFile: c.pem, keyFile: k.pem }\n');
    const { settings } = await loadSettings({
      flags: { config: path, 'tls-key': 'k2.pem' },
      environment: {},
      workingDirectory: '/tmp',
    });
    expect(settings.data).toBe(join(directory, 'here'));
    expect(settings.tls).toMatchObject({ certificateFile: join(directory, 'c.pem'), keyFile: '/tmp/k2.pem' });
  });
});

describe('the flag table', () => {
  it('names settings that exist', () => {
    const everything = settingsSchema.parse({
      tls: { certificateFile: 'c', keyFile: 'k', clientAuthorityFile: 'a' },
      administrator: { passwordFile: 'f' },
    });
    for (const { flag, path } of settingFlags) {
      expect(valueAt(everything, path), `--${flag}`).toBeDefined();
    }
  });

  it('derives the variables', () => {
    expect(variableOf('admin-password-file')).toBe('SLUICE_ADMIN_PASSWORD_FILE');
  });
});

describe('values', () => {
  it.each([
    ['0', 0],
    ['off', 'off'],
    ['65535', 65_535],
  ])('accepts port %s', async (text, port) => {
    const { settings } = await load({ flags: { http: text } });
    expect(settings.http.port).toBe(port);
  });

  it('accepts an unquoted off in YAML', async () => {
    const { settings } = await load({ file: 'http: { port: off }\n' });
    expect(settings.http.port).toBe('off');
  });

  it('bounds how long a browser stays signed in', async () => {
    const { settings } = await load({ file: 'http: { session: { idle: 2h, longest: 8h } }\n' });
    expect(settings.http.session).toEqual({ idle: 7_200_000, longest: 28_800_000 });
    const usual = (await load({ file: 'log: {}\n' })).settings.http.session;
    expect(usual).toEqual({ idle: 1_800_000, longest: 43_200_000 });
    for (const [session, problem] of [
      ['{ idle: 30s }', 'http.session.idle: must be at least 1m'],
      ['{ idle: 13h }', 'http.session.idle: must be at most http.session.longest'],
      ['{ longest: 31d }', 'http.session.longest: must be at most 30d'],
      ['{ idle: soon }', 'http.session.idle: must be a duration'],
      ['{ forever: true }', 'forever'],
    ] as const)
      await expect(load({ file: `http: { session: ${session} }\n` })).rejects.toThrow(problem);
  });

  it('splits hosts at commas', async () => {
    const { settings } = await load({ flags: { host: '10.0.0.1, ::1' } });
    expect(settings.host).toEqual(['10.0.0.1', '::1']);
  });

  it.each([
    ['--amqp: amqp.port: must be a port', { amqp: '65536' }],
    ['--amqp: amqp.port: must be a port', { amqp: '-1' }],
    ['--host: host: must be an address', { host: '' }],
    ['--transient: queues.transient: must be one of "keep", "drop"', { transient: 'maybe' }],
    ['--memory-limit: limits.memory: must be a share', { 'memory-limit': '140%' }],
    ['--message-size-limit: limits.messageSize: must be a size', { 'message-size-limit': 'big' }],
    ['administrator.passwordFile: is missing', { 'admin-user': 'ada' }],
    ['tls.keyFile: is missing', { 'tls-certificate': 'c.pem' }],
    ['amqp.port: is off, and there is no certificate', { amqp: 'off' }],
  ])('refuses with "%s"', async (message, flags) => {
    await expect(load({ flags })).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('a bad file', () => {
  it('names the path and the line of an unknown setting', async () => {
    const file = '# limits\nlimits:\n  memory: 1GiB\n  memroy: 2GiB\nnothing: 1\n';
    await expect(load({ file })).rejects.toThrow(
      `${join(directory, 'sluice.yaml')}:4: limits.memroy: unknown setting`,
    );
    await expect(load({ file })).rejects.toThrow('sluice.yaml:5: nothing: unknown setting');
  });

  it.each([
    ['{ environment: URL }', 'sluice.yaml:4: alerts.receivers.ops.url.environment: unknown setting'],
    ['{ environment: URL }', 'alerts.receivers.ops.url.file: is missing'],
    ['5', 'sluice.yaml:4: alerts.receivers.ops.url: must be a string or an object'],
    ['http://h/, timeout: [1]', 'alerts.receivers.ops.timeout: must be a string or a number'],
  ])('names what is wrong with a setting that may be this or that: %s', async (url, told) => {
    const file = `alerts:\n  receivers:\n    ops:\n      { type: webhook, url: ${url} }\n`;
    await expect(load({ file })).rejects.toThrow(told);
  });

  it.each([
    ['an empty file', ''],
    ['a file of spaces', ' \n\n'],
    ['a half-written file', 'amqp: { port: 5672\n'],
    ['a list', '- a\n- b\n'],
    ['a bare word', 'hello\n'],
    ['a setting given twice', 'data: a\ndata: b\n'],
    ['a scalar for a section, under a flag', 'amqp: 5672\n'],
    ['__proto__ as a key', '__proto__: { polluted: true }\n'],
    ['constructor as a key', 'constructor: { prototype: { polluted: true } }\n'],
    ['an unknown tag', 'data: !!js/function "x"\nwhat: 1\n'],
  ])('refuses %s', async (_name, file) => {
    await expect(load({ file, flags: { amqp: '0' } })).rejects.toMatchObject({ code: 'config-invalid' });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('accepts comments alone', async () => {
    const { settings, file } = await load({ file: '# nothing set\n' });
    expect(settings.amqp.port).toBe(5672);
    expect(file).toBe(join(directory, 'sluice.yaml'));
  });

  it('refuses a named file that is not there', async () => {
    await expect(load({ flags: { config: 'absent.yaml' } })).rejects.toThrow('there is no such file');
  });
});

describe('unknown variables', () => {
  it('are told, except those of a Kubernetes service', async () => {
    const environment = {
      SLUICE_AMPQ: '1',
      SLUICE_SERVICE_HOST: '10.0.0.1',
      SLUICE_PORT: 'tcp://10.0.0.1:5672',
      SLUICE_PORT_5672_TCP: 'x',
      SLUICE_JSON: '1',
      HOME: '/',
    };
    const { warnings } = await load({ environment });
    expect(warnings).toEqual(['the environment variable SLUICE_AMPQ is not a setting of Sluice']);
  });
});

describe('a reload', () => {
  it('takes limits over, and names what needs a restart', async () => {
    const before = await load({ file: 'limits: { memory: 1GiB }\n' });
    const after = await load({ file: 'limits: { memory: 2GiB, messageSize: 1MiB }\namqp: { port: 1 }\n' });
    expect(compareSettings(before.settings, after.settings)).toEqual({
      applied: ['limits.memory.bytes'],
      needRestart: ['amqp.port', 'limits.messageSize'],
      changes: [{ setting: 'limits.memory.bytes', change: 'changed', text: 'limits.memory.bytes' }],
    });
    const { limits, amqp } = takeOver(before.settings, after.settings);
    expect(limits).toMatchObject({ memory: { bytes: 2 * 2 ** 30 }, messageSize: 16_777_216 });
    expect(amqp.port).toBe(5672);
  });

  it('takes all of governance over, and names what has a name', async () => {
    const before = await load({
      file: `alerts:
  receivers: { hook: { type: webhook, url: 'https://a.example/' }, old: { type: webhook, url: 'https://b.example/' } }
  routes: [{ name: one, receivers: [hook] }, { name: two, receivers: [old] }]
zabbix: { server: one.example, host: a }
`,
    });
    const after = await load({
      file: `alerts:
  receivers: { hook: { type: webhook, url: 'https://c.example/' }, new: { type: webhook, url: 'https://b.example/' } }
  routes: [{ name: one, receivers: [hook] }, { name: two, receivers: [new] }]
  escalation: [{ after: 1h }]
  remedies: { automatic: false }
monitor: { probe: true }
owners: [{ owner: shop, queue: 'orders*' }]
engines: { other: 'rabbitmq://a:b@host?management=http://host' }
telemetry: { otlp: { endpoint: 'http://x:4318' } }
`,
    });
    const { applied, needRestart, changes } = compareSettings(before.settings, after.settings);
    expect(needRestart).toEqual([]);
    expect(applied).toContain('alerts.receivers.hook.url');
    expect(changes.map(({ text }) => text)).toEqual([
      ...['alerts.escalation', 'alerts.remedies.automatic', 'monitor.probe', 'owners', 'telemetry.otlp'],
      ...['zabbix removed', 'receiver hook changed', 'receiver old removed', 'receiver new added'],
      ...['route two changed', 'engine other added'],
    ]);
    expect(takeOver(before.settings, after.settings)).toEqual({ ...after.settings, zabbix: undefined });
  });

  it('tells that only an order has changed', async () => {
    const file = (names: readonly string[]): string => {
      const routes = names.map((name) => `{ name: ${name}, receivers: [hook] }`).join(', ');
      return `alerts: { receivers: { hook: { type: webhook, url: 'https://a.example/' } }, routes: [${routes}] }\n`;
    };
    const before = await load({ file: file(['one', 'two']) });
    const after = await load({ file: file(['two', 'one']) });
    expect(compareSettings(before.settings, after.settings).changes).toEqual([
      { setting: 'alerts.routes', change: 'changed', text: 'the order of alerts.routes' },
    ]);
  });

  it('tells where a setting stands that only its use shows to be wrong', async () => {
    const loaded = await load({ file: 'log: { level: warn }\n', flags: { amqp: '1' } });
    const problems = [
      { path: 'log.level', message: 'is not there' },
      { path: 'amqp.port', message: 'is odd' },
    ];
    const problem = new SluiceError('config-invalid', 'both', { details: { problems } });
    expect(placedProblem(problem, loaded).message).toBe(
      `${join(directory, 'sluice.yaml')}:1: log.level: is not there\n--amqp: amqp.port: is odd`,
    );
    const other = new SluiceError('closed', 'other');
    expect(placedProblem(other, loaded)).toBe(other);
  });

  it('cannot turn TLS on', async () => {
    const before = await load({ file: '# none\n' });
    const after = await load({ file: 'tls: { certificateFile: c.pem, keyFile: k.pem }\n' });
    expect(compareSettings(before.settings, after.settings).needRestart).toEqual(['tls']);
  });
});

describe('findDataDirectory', () => {
  const find = (query: { data?: string; config?: string; environment?: Record<string, string> }) =>
    findDataDirectory({
      data: query.data,
      config: query.config,
      environment: query.environment ?? {},
      workingDirectory: directory,
    });

  it('asks the flag, the variable, the file, then takes ./data', async () => {
    expect(await find({})).toBe(join(directory, 'data'));
    writeFileSync(join(directory, 'sluice.yaml'), 'data: ./from-file\n');
    expect(await find({})).toBe(join(directory, 'from-file'));
    expect(await find({ environment: { SLUICE_DATA: 'from-env' } })).toBe(join(directory, 'from-env'));
    expect(await find({ data: 'from-flag', environment: { SLUICE_DATA: 'x' } })).toBe(
      join(directory, 'from-flag'),
    );
  });
});
