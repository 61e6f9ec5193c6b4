/** Sends figures to a Zabbix server while they are measured. Invariant: a server that is away keeps nobody from starting. */
import type { Clock } from '../kernel/index.js';
import type { Monitor } from '../monitor/index.js';
import type { PushChange, ZabbixSettings } from '../monitor/zabbix/index.js';
import type { StopStack } from './stop-stack.js';

export interface PushedParts {
  readonly settings: ZabbixSettings;
  readonly monitor: Monitor;
  readonly clock: Clock;
  readonly onChange: (change: PushChange) => void;
}

/** Sends until `stack` unwinds. */
export async function pushToZabbix({ monitor, ...parts }: PushedParts, stack: StopStack): Promise<void> {
  const { PusherSource, ZabbixPusher } = await import('../monitor/zabbix/index.js');
  const pusher = new ZabbixPusher({ ...parts, measured: monitor });
  const forget = monitor.add(new PusherSource(() => pusher.counts));
  stack.push('sending to Zabbix', async () => {
    forget();
    await pusher.stop();
  });
  pusher.start();
}

/** A change as a line of a log. */
export function pushChangeText(change: PushChange): string {
  switch (change.kind) {
    case 'failing':
      return `Zabbix cannot be reached: ${change.reason}`;
    case 'incomplete':
      return `Zabbix took ${change.taken} values and has no item yet for ${change.refused}`;
    case 'working':
      return 'Zabbix takes all values';
  }
}
