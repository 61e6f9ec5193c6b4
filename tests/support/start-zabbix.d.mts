/** A Zabbix started by `startZabbix`. */
export interface ZabbixServer {
  readonly version: string;
  readonly pid: number | undefined;
  /** Where values are taken. */
  readonly port: number;
  /** Of the frontend, on loopback. */
  readonly apiPort: number;
  /** Calls the JSON-RPC API as its administrator; rejects with what it answers when it refuses. */
  api<Result = unknown>(method: string, params?: unknown): Promise<Result>;
  /** Ends everything and removes its data. Safe to call twice. */
  stop(): Promise<void>;
  /** The last of what server and frontend printed. */
  log(): string;
}

/** Why Zabbix cannot be started here, or undefined when it can. */
export function zabbixUnavailable(): string | undefined;

/** Resolves once the server takes values and the API has let its administrator in. */
export function startZabbix(): Promise<ZabbixServer>;
