/** Sends figures to a Zabbix server while they are measured. Invariant: a server that is away keeps nobody from starting. */
import type { Clock } from '../kernel/index.js';
import type { Monitor } from '../monitor/index.js';
import type { PushChange, ZabbixSettings } from '../monitor/zabbix/index.js';
import type { ConfiguredPart } from './configured-parts.js';

export interface PushedParts {
  readonly settings: ZabbixSettings;
  readonly monitor: Monitor;
  readonly clock: Clock;
  readonly onChange: (change: PushChange) => void;
}

/** Sends until it is stopped. What waits survives other settings. */
export async function pushToZabbix({
  monitor,
  ...parts
}: PushedParts): Promise<ConfiguredPart<ZabbixSettings>> {
  const { PusherSource, ZabbixPusher } = await import('../monitor/zabbix/index.js');
  const pusher = new ZabbixPusher({ ...parts, measured: monitor });
  const forget = monitor.add(new PusherSource(() => pusher.counts));
  pusher.start();
  return {
    configure: (settings) => {
      pusher.configure(settings);
    },
    async stop() {
      forget();
      await pusher.stop();
    },
  };
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
