/** `sluice remedy …`. */
import { Argument, type Command } from 'commander';
import type { RemedyPreview, RemedyRun, SwitchState } from '../../alerts/index.js';
import { formatDuration } from '../../config/index.js';
import { systemClock } from '../../kernel/index.js';
import type { OperationName, RemedyRow } from '../../operations/index.js';
import { printOutcome, printRows } from '../listing.js';
import { pairs } from '../option-values.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';
import type { Column } from '../table.js';
import { singleLine } from '../text.js';

type Parameters = Record<string, string | number | boolean>;

interface Given {
  readonly parameter?: Record<string, unknown>;
  readonly reason?: string;
  readonly incident?: string;
  readonly token?: string;
  readonly keep?: boolean;
  readonly [option: string]: unknown;
}

/** Parameters that have an option of their own, as the analysis writes its commands. */
const options = [
  ['--vhost <name>', 'the virtual host', 'vhost'],
  ['--queue <name>', 'the queue', 'queue'],
  ['--task <name>', 'the task', 'task'],
  ['--consumer <identity>', 'CONNECTION (CHANNEL) TAG, as sluice figures shows it', 'consumer'],
  ['--connection <name>', 'the connection', 'connection'],
  ['--user <name>', 'the user', 'user'],
  ['--exchange <name>', 'the exchange', 'exchange'],
  ['--key <key>', 'the key', 'key'],
] as const;
const numbers = [
  ['--workers <n>', 'how many more', 'workers'],
  ['--prefetch <n>', 'messages that the consumer may hold', 'prefetch'],
  ['--per-second <n>', 'messages a second', 'perSecond'],
  ['--to <n>', 'the new limit', 'to'],
  ['--count <n>', 'how many', 'count'],
  ['--position <n>', 'of the message', 'position'],
] as const;

function withParameters(command: Command): Command {
  command.argument('<remedy>', 'as sluice remedy list names it');
  for (const [flags, help] of options) command.option(flags, help);
  for (const [flags, help] of numbers) command.option(flags, help, Number);
  return command.option('-p, --parameter <name=value>', 'any other parameter', pairs);
}

function parametersOf(given: Given): Parameters {
  const named = [...options, ...numbers].flatMap(([, , name]) =>
    given[name] === undefined ? [] : [[name, given[name]] as const],
  );
  return { ...Object.fromEntries(named), ...given.parameter } as Parameters;
}

function previewText({ title, effects, unknown, refusal, canUndo, check, token }: RemedyPreview): string {
  if (refusal !== undefined) return singleLine(`Not to be applied: ${refusal}.`);
  const lines = [
    title,
    ...effects.map((effect) => `  ${effect}`),
    ...unknown.map((text) => `  unknown: ${text}`),
    canUndo ? '  It can be undone.' : '  It cannot be undone.',
    `  check: ${check}`,
    `  token: ${token ?? ''}`,
  ];
  return lines.map(singleLine).join('\n');
}

function runText({ id, remedy, state, history }: RemedyRun): string {
  const last = history.at(-1)?.text ?? '';
  return singleLine(`${remedy} ${id}: ${state.kind}. ${last}`);
}

const remedyColumns: readonly Column<RemedyRow>[] = [
  { title: 'name', of: ({ name }) => name },
  { title: 'undo', of: ({ canUndo }) => (canUndo ? 'yes' : 'no') },
  { title: 'after a restart', of: ({ afterRestart }) => afterRestart },
  { title: 'what it does', of: ({ title }) => title },
];

const runColumns: readonly Column<RemedyRun>[] = [
  { title: 'id', of: ({ id }) => id },
  { title: 'remedy', of: ({ remedy }) => remedy },
  { title: 'state', of: ({ state }) => state.kind },
  { title: 'mode', of: ({ mode }) => mode },
  { title: 'by', of: ({ by }) => by },
  { title: 'asked', of: ({ createdMs }) => `${formatDuration(systemClock().now() - createdMs)} ago` },
  { title: 'last', of: ({ history }) => history.at(-1)?.text },
];

function defineLists(remedy: Command, shell: Shell): void {
  const list = remedy.command('list').description('list what can be done');
  list.action(async () => {
    const { remedies } = await withServer(list, shell, (server) => server.call('remedy.list', {}));
    await printRows(list, shell, remedyColumns, remedies, 'There are no remedies.');
  });
  const runs = remedy.command('runs').description('list what was asked for and applied');
  runs.option('--incident <id>', 'those that are for this incident');
  runs.action(async ({ incident }: { readonly incident?: string }) => {
    const asked = incident === undefined ? {} : { incident };
    const { runs: rows } = await withServer(runs, shell, (server) => server.call('remedy.runs', asked));
    await printRows(runs, shell, runColumns, rows, 'No remedy was applied.');
  });
}

function definePreview(command: Command, shell: Shell): void {
  withParameters(command).action(async (remedy: string, given: Given) => {
    const input = { remedy, parameters: parametersOf(given) };
    const preview = await withServer(command, shell, (server) => server.call('remedy.preview', input));
    await printOutcome(command, shell, previewText(preview), preview);
  });
}

/** Without a token it is previewed and applied as it then is. */
function defineApply(command: Command, shell: Shell, operation: 'remedy.apply' | 'remedy.ask'): void {
  withParameters(command)
    .option('--token <token>', 'of the preview: refused where something has changed since')
    .option('--reason <text>', 'why, for those who are told')
    .option('--incident <id>', 'the incident that it is for')
    .option('--keep', 'leave it in force also where its check fails')
    .action(async (remedy: string, given: Given) => {
      const { reason, incident, keep } = given;
      const run = await withServer(command, shell, async (server) => {
        const asked = { remedy, parameters: parametersOf(given) };
        const preview = given.token === undefined ? await server.call('remedy.preview', asked) : undefined;
        if (preview !== undefined && !shell.isJson(command)) await shell.say(previewText(preview));
        const { parameters, token = 'none' } = preview ?? { ...asked, token: given.token };
        return server.call(operation, {
          ...{ remedy, parameters: parameters as Parameters, token },
          ...(reason === undefined ? {} : { reason }),
          ...(incident === undefined ? {} : { incident }),
          ...(keep === true ? { keep } : {}),
        });
      });
      await printOutcome(command, shell, runText(run), run);
    });
}

function defineOnRun(
  command: Command,
  shell: Shell,
  operation: Extract<OperationName, 'remedy.show' | 'remedy.approve' | 'remedy.reject' | 'remedy.undo'>,
): void {
  command.argument('<id>', 'as sluice remedy runs shows it').action(async (id: string) => {
    const run = await withServer(command, shell, (server) => server.call(operation, { id }));
    const lines = operation === 'remedy.show' ? run.history.map(({ text, by }) => `  ${text} (${by})`) : [];
    await printOutcome(command, shell, [runText(run), ...lines.map(singleLine)].join('\n'), run);
  });
}

function switchText({ isOn, by, atMs }: SwitchState): string {
  const since = atMs === undefined ? '' : ` ${formatDuration(systemClock().now() - atMs)} ago`;
  return singleLine(`Automatic remedies are ${isOn ? 'on' : 'off'} (${by}${since}).`);
}

function defineSwitch(auto: Command, shell: Shell): void {
  auto.addArgument(new Argument('[state]', 'on or off; left out: tells').choices(['on', 'off']));
  auto.action(async (word: 'on' | 'off' | undefined) => {
    const state = await withServer(auto, shell, (server) =>
      word === undefined
        ? server.call('remedy.automation', {})
        : server.call('remedy.switch', { isOn: word === 'on' }),
    );
    await printOutcome(auto, shell, switchText(state), state);
  });
}

/** Defines the command. */
export function define(remedy: Command, shell: Shell): void {
  defineLists(remedy, shell);
  definePreview(remedy.command('preview').description('show what a remedy would do'), shell);
  defineApply(remedy.command('apply').description('apply a remedy'), shell, 'remedy.apply');
  defineApply(
    remedy.command('ask').description('ask another person to approve a remedy'),
    shell,
    'remedy.ask',
  );
  defineOnRun(remedy.command('show').description('show what became of one'), shell, 'remedy.show');
  defineOnRun(remedy.command('approve').description('approve what was asked for'), shell, 'remedy.approve');
  defineOnRun(remedy.command('reject').description('refuse what was asked for'), shell, 'remedy.reject');
  defineSwitch(remedy.command('auto').description('let rules apply remedies by themselves, or not'), shell);
  defineOnRun(remedy.command('undo').description('undo what was applied'), shell, 'remedy.undo');
}
