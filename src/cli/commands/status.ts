/** `sluice status`. */
import type { Command } from 'commander';
import { formatBytes, formatDuration } from '../../config/index.js';
import { systemClock } from '../../kernel/index.js';
import type { OperationResult } from '../../operations/index.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';

type Status = OperationResult<'status'>;

function portsOf({ ports, addresses }: Status): string {
  const listed = Object.entries(ports).map(([protocol, port]) => `${protocol} ${port}`);
  return listed.length === 0 ? 'nowhere' : `${listed.join(', ')} on ${addresses.join(', ')}`;
}

function blocked(side: 'above' | 'below', bytes: number | undefined): string {
  return bytes === undefined ? '' : `, publishers blocked ${side} ${formatBytes(bytes)}`;
}

function linesOf(status: Status): [string, string][] {
  const { residentBytes, memoryLimitBytes, diskFreeBytes, diskFreeLimitBytes, alarms } = status;
  const free = diskFreeBytes === undefined ? 'unknown' : formatBytes(diskFreeBytes);
  const ageMs = systemClock().now() - status.sinceMs;
  return [
    [
      'Server',
      `Sluice ${status.version}, process ${status.pid}, ${status.state} for ${formatDuration(ageMs)}`,
    ],
    ['Listens', portsOf(status)],
    ['Data', status.directory],
    ['Configuration', status.configFile ?? 'no file'],
    ['Memory', `${formatBytes(residentBytes)}${blocked('above', memoryLimitBytes)}`],
    ['Free disk', `${free}${blocked('below', diskFreeLimitBytes)}`],
    ['Alarms', alarms.length === 0 ? 'none' : `${alarms.join(', ')}: publishers are blocked`],
  ];
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  command.action(async () => {
    const status = await withServer(command, shell, (server) => server.call('status', {}));
    if (shell.isJson(command)) {
      await shell.sayJson(status);
      return;
    }
    for (const [title, text] of linesOf(status)) await shell.say(`${title.padEnd(14)} ${text}`);
  });
}
