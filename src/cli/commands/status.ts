/** `sluice status`. */
import type { Command } from 'commander';
import { formatBytes, formatDuration } from '../../config/index.js';
import { messageOf, systemClock } from '../../kernel/index.js';
import type { IncidentRow, OperationResult } from '../../operations/index.js';
import { incidentHead, serverOptions } from '../incident-text.js';
import { withServer, type ServerCalls } from '../server-call.js';
import type { Shell } from '../shell.js';
import { singleLine } from '../text.js';

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

/** Why it does not say is all there is to say of them: a server that starts, alerts that are off. */
async function openIncidents(server: ServerCalls): Promise<readonly IncidentRow[] | string> {
  try {
    const { incidents } = await server.call('incident.list', {});
    return incidents.filter(({ state }) => state !== 'resolved');
  } catch (problem) {
    return messageOf(problem);
  }
}

async function sayIncidents(
  command: Command,
  shell: Shell,
  incidents: readonly IncidentRow[] | string,
): Promise<void> {
  const title = 'Incidents'.padEnd(14);
  if (typeof incidents === 'string') {
    await shell.say(`${title} unknown: ${singleLine(incidents)}`);
    return;
  }
  const nowMs = systemClock().now();
  const options = serverOptions(command);
  await shell.say(`${title} ${incidents.length === 0 ? 'none open' : incidents.length}`);
  for (const incident of incidents.slice(0, 5))
    for (const line of incidentHead(incident, nowMs, options)) await shell.say(`  ${line}`);
  if (incidents.length > 5)
    await shell.say(`  … ${incidents.length - 5} more: ${['sluice incident list', ...options].join(' ')}`);
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  command.action(async () => {
    const { status, incidents } = await withServer(command, shell, async (server) => ({
      status: await server.call('status', {}),
      incidents: await openIncidents(server),
    }));
    if (shell.isJson(command)) {
      await shell.sayJson({ ...status, incidents: typeof incidents === 'string' ? null : incidents });
      return;
    }
    for (const [title, text] of linesOf(status)) await shell.say(`${title.padEnd(14)} ${text}`);
    await sayIncidents(command, shell, incidents);
  });
}
