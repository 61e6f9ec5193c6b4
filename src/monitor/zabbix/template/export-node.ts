/** The shape of a Zabbix export: names, texts and lists, and nothing else. Every value is a text there, numbers too. */

export type ExportNode = string | readonly ExportNode[] | { readonly [name: string]: ExportNode };

/** How values come to Zabbix: it asks for them, or Sluice sends them. */
export type Transport = 'http' | 'trapper';

/** The name of the template of each way. One host has one of them. */
export const templateNames: Readonly<Record<Transport, string>> = {
  http: 'Sluice by HTTP',
  trapper: 'Sluice by Zabbix trapper',
};

/** Items of the host itself. */
export const hostKeys = {
  /** The document that all others are taken from, where Zabbix asks. */
  figures: 'sluice.figures',
  /** The Unix second of the newest measurement. */
  measured: 'sluice.measured',
} as const;

/** A node's tags, from names and values. */
export function tagsOf(tags: Readonly<Record<string, string>>): ExportNode {
  return Object.entries(tags).map(([tag, value]) => ({ tag, value }));
}

/** What stands before everything that is made of an object: `Queue {#TITLE}`. */
export function objectPrefix(kind: string): string {
  const words = kind.replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)} {#TITLE}`;
}
