/** The pictures of the documentation: which page, in which look. */

/**
 * `path` is the page's address after `#/`; `INCIDENT` stands for the identifier of the incident that is open. `seen`
 * selects what is there once the page shows what it is about. `whole`: the whole page, not what a window shows of it.
 */
export const pictures = [
  { name: 'overview', path: '', seen: 'canvas' },
  { name: 'overview-dark', path: '', seen: 'canvas', colorScheme: 'dark' },
  { name: 'overview-zh', path: '', seen: 'canvas', locale: 'zh-CN' },
  { name: 'incident', path: 'incidents/INCIDENT', seen: 'main canvas' },
  { name: 'queue', path: 'queues/%2F/sluice.tasks.charge', seen: 'canvas' },
  { name: 'workers', path: 'workers', seen: 'main section' },
  { name: 'analyze', path: 'analyze', seen: 'main svg', whole: true },
  { name: 'phone', path: '', seen: 'canvas', colorScheme: 'dark', width: 390 },
];
