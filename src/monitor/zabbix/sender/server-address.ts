/** Where a Zabbix server listens, as settings write it: `zabbix.example.com`, `10.0.0.7:10051`, `[::1]:10051`. */

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** The port that a Zabbix server listens on unless told otherwise. */
const usualPort = 10_051;

/** Undefined: it is not an address. */
export function parseServerAddress(text: string): ServerAddress | undefined {
  const found = /^(?:\[([0-9A-Fa-f:.%\w]+)\]|([^\s:[\]/@]+))(?::(\d{1,5}))?$/.exec(text);
  if (found === null) return undefined;
  const [, bracketed, plain, digits] = found;
  const port = digits === undefined ? usualPort : Number(digits);
  return port >= 1 && port <= 65_535 ? { host: bracketed ?? plain ?? '', port } : undefined;
}
