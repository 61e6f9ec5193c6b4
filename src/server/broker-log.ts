/** Puts the broker's and the journal's events into the server's log, each at the level it deserves. */
import type { BrokerLog } from '../broker/index.js';
import type { Log } from './log.js';

/** Events an operator should look into. Others are information. */
const serious: Readonly<Record<string, 'warn' | 'error'>> = {
  'journal.torn-tail': 'warn',
  'journal.failed': 'error',
  'journal.sync-slow': 'warn',
  'journal.space': 'warn',
  'message.unreadable': 'error',
};

/** A log for `openBroker`. */
export function brokerLog(log: Log): BrokerLog {
  return (event, details) => {
    log[serious[event] ?? 'info']({ ...details, event }, event.replace(/[.-]/g, ' '));
  };
}
