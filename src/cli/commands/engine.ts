/** `sluice engine …`: engines, their queues, exchanges, bindings and policies, and what is done with them. */
import type { Command } from 'commander';
import { formatBytes, formatDuration } from '../../config/index.js';
import type { EngineDetail, EngineRow } from '../../operations/index.js';
import { defineEngineQueues } from '../engine-queues.js';
import { defineEngineTopology } from '../engine-topology.js';
import { defineQueueActs } from './engine-queue.js';
import { defineEngineSearch } from './engine-search.js';
import { printRows } from '../listing.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';
import { formatTable, type Column } from '../table.js';
import { singleLine } from '../text.js';

const unknown = '?';

const told = (value: number | undefined): string | number => value ?? unknown;
const size = (bytes: number | undefined): string => (bytes === undefined ? unknown : formatBytes(bytes));
const of = (value: string, limit: string): string => (limit === unknown ? value : `${value} of ${limit}`);

function stateOf({ isUp, problem }: EngineRow): string {
  if (isUp === undefined) return 'not asked yet';
  return isUp ? 'up' : `down: ${problem?.text ?? unknown}`;
}

function shareOf(availability: number | undefined): string {
  return availability === undefined ? unknown : `${Math.floor(availability * 1e5) / 1e3} %`;
}

const columns: readonly Column<EngineRow>[] = [
  { title: 'engine', of: ({ engine }) => engine },
  { title: 'kind', of: ({ kind }) => kind ?? unknown },
  { title: 'version', of: ({ version }) => version ?? unknown },
  { title: 'nodes', of: (row) => `${told(row.nodesRunning)}/${told(row.nodes)}`, align: 'right' },
  { title: 'queues', of: ({ queues }) => told(queues), align: 'right' },
  { title: 'ready', of: ({ ready }) => told(ready), align: 'right' },
  { title: 'available', of: ({ availability }) => shareOf(availability), align: 'right' },
  { title: 'state', of: stateOf },
  { title: 'address', of: ({ address }) => address },
];

function defineList(command: Command, shell: Shell): void {
  command.action(async () => {
    const { engines } = await withServer(command, shell, (server) => server.call('engine.list', {}));
    await printRows(command, shell, columns, engines, 'There are no engines.');
  });
}

type NodeRow = EngineDetail['nodeList'][number];

const nodeColumns: readonly Column<NodeRow>[] = [
  { title: 'node', of: ({ name }) => name },
  { title: 'state', of: ({ isRunning }) => (isRunning ? 'runs' : 'is down') },
  { title: 'memory', of: (row) => of(size(row.residentBytes), size(row.memoryLimitBytes)), align: 'right' },
  { title: 'disk free', of: ({ diskFreeBytes }) => size(diskFreeBytes), align: 'right' },
  {
    title: 'descriptors',
    of: (row) => of(String(told(row.openDescriptors)), String(told(row.descriptorsMax))),
    align: 'right',
  },
  {
    title: 'up for',
    of: ({ uptimeSeconds }) =>
      uptimeSeconds === undefined ? unknown : formatDuration(Math.round(uptimeSeconds) * 1_000),
    align: 'right',
  },
  { title: 'trouble', of: troubleOf },
];

function troubleOf({ alarms, partitions }: NodeRow): string {
  const raised = (['memory', 'disk'] as const).filter((name) => alarms[name] === true);
  const lost = (partitions ?? []).map((node) => `does not see ${node}`);
  return [...raised.map((name) => `${name} alarm`), ...lost].join(', ');
}

const capabilityColumns: readonly Column<EngineDetail['capabilities'][number]>[] = [
  { title: 'capability', of: ({ name }) => name },
  { title: 'is', of: ({ kind }) => kind },
  { title: 'limit', of: ({ limit }) => limit ?? '' },
];

const replicaColumns: readonly Column<EngineDetail['replicas'][number]>[] = [
  { title: 'vhost', of: ({ vhost }) => vhost },
  { title: 'queue', of: ({ queue }) => queue },
  { title: 'node', of: ({ node }) => node },
  { title: 'role', of: ({ role }) => role },
  { title: 'in sync', of: ({ inSync }) => (inSync === undefined ? unknown : inSync ? 'yes' : 'no') },
];

function defineShow(command: Command, shell: Shell): void {
  command.argument('<engine>', 'its name; embedded: the own one').action(async (engine: string) => {
    const detail = await withServer(command, shell, (server) => server.call('engine.show', { engine }));
    if (shell.isJson(command)) {
      await shell.sayJson(detail);
      return;
    }
    const { kind = unknown, version = unknown, address, availability } = detail;
    await shell.say(singleLine(`${detail.engine}: ${kind} ${version} at ${address}, ${stateOf(detail)}`));
    await shell.say(`available ${shareOf(availability)}${detail.isProbed ? '' : ' (not probed)'}`);
    await shell.out.write(await formatTable(shell.out, nodeColumns, detail.nodeList));
    if (detail.replicas.length > 0)
      await shell.out.write(await formatTable(shell.out, replicaColumns, detail.replicas));
    await shell.out.write(await formatTable(shell.out, capabilityColumns, detail.capabilities));
  });
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  defineList(command.command('list').description('list the own engine and those beside it'), shell);
  defineShow(command.command('show').description('nodes, copies of queues, capabilities'), shell);
  defineEngineQueues(command.command('queues').description('list the queues of an engine'), shell);
  defineEngineTopology(command, shell);
  defineEngineSearch(command, shell);
  defineQueueActs(command, shell);
}
