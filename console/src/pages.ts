/** Every page: the address that it is under, and its file, which is loaded when somebody opens it. */
import type { Component } from 'svelte';
import type { RightOver } from './server/may.svelte.ts';
import { session } from './server/session.svelte.ts';

/** The tag `monitoring`, or a right over what the parts of the address name. */
export type PageNeed = 'monitor' | ((parts: readonly string[]) => RightOver);

export interface PageEntry {
  /** First part of the address. */
  readonly section: string;
  /** How many parts follow the section. */
  readonly depth: number;
  /** The second part after the section, where pages of one depth differ by it. */
  readonly of?: string;
  /** The section of the navigation that it belongs to, where that has another name. */
  readonly under?: Section['word'];
  /** Whoever lacks it is told so in place of the page. Left out: the page is for everybody, or says by itself. */
  readonly needs?: PageNeed;
  readonly load: () => Promise<{ readonly default: Component }>;
}

const readsQueue = (vhost: string, name: string): RightOver => ({
  right: 'read',
  kind: 'queue',
  vhost,
  name,
});

export const pages: readonly PageEntry[] = [
  { section: 'queues', depth: 0, load: () => import('./pages/queues/queues.svelte') },
  { section: 'queues', depth: 2, load: () => import('./pages/queue/queue.svelte') },
  { section: 'exchanges', depth: 0, load: () => import('./pages/exchanges/exchanges.svelte') },
  { section: 'exchanges', depth: 2, load: () => import('./pages/exchanges/exchange.svelte') },
  { section: 'dead-letters', depth: 0, load: () => import('./pages/dead-letters/dead-letters.svelte') },
  {
    section: 'dead-letters',
    depth: 2,
    needs: ([, vhost = '', queue = '']) => readsQueue(vhost, queue),
    load: () => import('./pages/dead-letters/queue.svelte'),
  },
  {
    section: 'incidents',
    depth: 0,
    needs: 'monitor',
    load: () => import('./pages/incidents/incidents.svelte'),
  },
  {
    section: 'incidents',
    depth: 1,
    needs: 'monitor',
    load: () => import('./pages/incidents/incident.svelte'),
  },
  { section: 'engines', depth: 0, needs: 'monitor', load: () => import('./pages/engines/engines.svelte') },
  { section: 'engines', depth: 1, needs: 'monitor', load: () => import('./pages/engines/engine.svelte') },
  {
    section: 'engines',
    depth: 2,
    of: 'queues',
    needs: 'monitor',
    load: () => import('./pages/queues/queues.svelte'),
  },
  {
    section: 'engines',
    depth: 4,
    of: 'queues',
    needs: 'monitor',
    load: () => import('./pages/queue/queue.svelte'),
  },
  {
    section: 'engines',
    depth: 2,
    of: 'exchanges',
    needs: 'monitor',
    load: () => import('./pages/exchanges/exchanges.svelte'),
  },
  {
    section: 'engines',
    depth: 4,
    of: 'exchanges',
    needs: 'monitor',
    load: () => import('./pages/exchanges/exchange.svelte'),
  },
  {
    section: 'rules',
    depth: 0,
    under: 'incidents',
    needs: 'monitor',
    load: () => import('./pages/rules/rules.svelte'),
  },
  {
    section: 'rules',
    depth: 1,
    under: 'incidents',
    needs: 'monitor',
    load: () => import('./pages/rules/rule.svelte'),
  },
  {
    section: 'silences',
    depth: 0,
    under: 'incidents',
    needs: 'monitor',
    load: () => import('./pages/handover/silences.svelte'),
  },
  {
    section: 'remedies',
    depth: 0,
    under: 'incidents',
    needs: 'monitor',
    load: () => import('./pages/handover/remedies.svelte'),
  },
  {
    section: 'receivers',
    depth: 0,
    under: 'incidents',
    needs: 'monitor',
    load: () => import('./pages/handover/receivers.svelte'),
  },
  {
    section: 'report',
    depth: 0,
    under: 'incidents',
    needs: 'monitor',
    load: () => import('./pages/handover/report.svelte'),
  },
  {
    section: 'new-rule',
    depth: 0,
    under: 'incidents',
    needs: 'monitor',
    load: () => import('./pages/rules/rule.svelte'),
  },
  ...[0, 1, 2].map((depth) => ({
    section: 'access',
    depth,
    load: () => import('./pages/access/access.svelte'),
  })),
  { section: 'tasks', depth: 0, load: () => import('./pages/tasks/tasks.svelte') },
  { section: 'tasks', depth: 1, load: () => import('./pages/tasks/task-type.svelte') },
  {
    section: 'tasks',
    depth: 2,
    needs: ([, task = '']) => readsQueue('/', task),
    load: () => import('./pages/tasks/task.svelte'),
  },
  { section: 'workers', depth: 0, under: 'tasks', load: () => import('./pages/tasks/workers.svelte') },
  { section: 'analyze', depth: 0, under: 'tasks', load: () => import('./pages/analyze/analyze.svelte') },
  { section: 'figures', depth: 0, load: () => import('./pages/figures/figures.svelte') },
  { section: 'figures', depth: 1, load: () => import('./pages/figures/figures.svelte') },
];

interface Section {
  /** The part of the address, and its name in the dictionaries. */
  readonly word:
    | 'overview'
    | 'queues'
    | 'exchanges'
    | 'tasks'
    | 'dead-letters'
    | 'incidents'
    | 'engines'
    | 'access'
    | 'figures';
  /** Left out: for everybody. What somebody may not see is absent. */
  readonly isFor?: () => boolean;
}

/** What the navigation offers, in its order. */
export const sections: readonly Section[] = [
  { word: 'overview' },
  { word: 'queues' },
  { word: 'exchanges' },
  { word: 'tasks' },
  { word: 'dead-letters' },
  { word: 'incidents', isFor: () => session.may('monitor') },
  { word: 'engines', isFor: () => session.may('monitor') },
  { word: 'access' },
  { word: 'figures' },
];

/** The page of an address; undefined: there is none. */
export function pageOf([section, ...rest]: readonly string[]): PageEntry | undefined {
  return pages.find(
    (page) =>
      page.section === section &&
      page.depth === rest.length &&
      (page.of === undefined || page.of === rest[1]),
  );
}
