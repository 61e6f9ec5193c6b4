/** The server: every part of Sluice put together on one data directory. */
export type { StartOptions } from './boot.js';
export { isLoopback } from '../hosting/index.js';
export { createLog, printable, type Log, type LogLevel, type ServerLog } from './log.js';
export type { OpenListener } from './server-state.js';
export { startServer, type RunningServer } from './start-server.js';
