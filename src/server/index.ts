/** The server: every part of Sluice put together on one data directory. */
export { isLoopback } from './addresses.js';
export { createLog, printable, type Log, type LogLevel, type ServerLog } from './log.js';
export type { OpenListener } from './server-state.js';
export { startServer, type RunningServer, type StartOptions } from './start-server.js';
export { sluiceVersion } from './version.js';
