/**
 * Figures that the pages work out from others, or that the server counts beside its catalogue. Invariant: whatever a
 * page links to is here or in the catalogue, and each tells its unit and how it comes about.
 */
import { derivedChinese } from './derived-chinese.ts';
import { derivedEnglish } from './derived-english.ts';
import type { Language } from '../../words/words.svelte.ts';

export interface Told {
  readonly title: string;
  /** What it means, and how it comes about. */
  readonly meaning: string;
  /** What is good, what is bad, and what to do then; left out: neither is. */
  readonly judged?: string;
}

interface Derived {
  readonly unit: string;
  /** Left out: it is counted, not worked out. */
  readonly formula?: string;
  /** Metrics that it is made from. */
  readonly from: readonly string[];
}

const published = 'sluice_messages_published_total';
const acknowledged = 'sluice_messages_acknowledged_total';
const ready = 'sluice_messages_ready';
const up = 'sluice_probe_up_seconds_total';
const down = 'sluice_probe_down_seconds_total';

export const derived = {
  availability: { unit: 'ratio', formula: 'up / (up + down)', from: [up, down, 'sluice_engine_up'] },
  'error-budget': {
    ...{ unit: 'ratio', formula: '1 − down / ((1 − goal) × (up + down))', from: [up, down] },
  },
  'time-to-drain': {
    unit: 'seconds',
    formula: 'ready / (acknowledged/s − published/s)',
    from: [ready, acknowledged, published],
  },
  forecast: {
    unit: 'messages, bytes',
    formula: 'now + t × median((yⱼ − yᵢ) / (tⱼ − tᵢ))',
    from: [ready, 'sluice_messages_bytes', 'sluice_disk_free_bytes'],
  },
  'exchange-published-in': { unit: 'messages', from: [] },
  'exchange-published-out': { unit: 'messages', from: [] },
  'dead-letters': { unit: 'messages', from: ['sluice_messages_dead_lettered_total'] },
  'vhost-messages': {
    unit: 'messages',
    formula: 'ready + with consumers + delayed',
    from: [
      'sluice_vhost_messages_ready',
      'sluice_vhost_messages_unacknowledged',
      'sluice_vhost_messages_delayed',
    ],
  },
  'engine-nodes': { unit: 'count', from: ['sluice_controller_nodes'] },
  copies: {
    ...{ unit: 'count', from: ['sluice_partition_replicas', 'sluice_partition_in_sync_replicas'] },
  },
  'rule-stretch': { unit: 'seconds', formula: 'end − begin', from: [] },
  'worker-load': {
    unit: 'ratio',
    formula: 'running / places',
    from: ['sluice_task_running', 'sluice_consumer_prefetch_limit'],
  },
  'running-for': { unit: 'seconds', formula: 'now − begin', from: ['sluice_task_processing_seconds'] },
  'expected-end': {
    ...{ unit: 'time', formula: 'begin + cost', from: ['sluice_task_processing_seconds'] },
  },
  'deadline-risk': {
    ...{ unit: '', formula: 'expected end > deadline', from: ['sluice_task_start_laxity_seconds'] },
  },
  attempts: { unit: 'count', from: ['sluice_task_attempts_total'] },
  utilisation: { unit: 'workers', formula: 'Σ cost / period', from: [] },
  'fewest-workers': { unit: 'count', from: [] },
  'worst-response': { unit: 'seconds', formula: 'max(end − arrival)', from: [] },
  slack: { unit: 'seconds', formula: 'deadline − worst response', from: [] },
  'cost-growth': { unit: 'ratio', formula: 'greatest cost / cost − 1', from: [] },
  'recovery-time': {
    unit: 'seconds',
    formula: 'Σ outages / failures',
    from: ['sluice_probe_recovery_seconds', 'sluice_probe_outages_total'],
  },
} as const satisfies Readonly<Record<string, Derived>>;

export type DerivedName = keyof typeof derived;

const told: Readonly<Record<Language, Readonly<Record<DerivedName, Told>>>> = {
  en: derivedEnglish,
  zh: derivedChinese,
};

export function isDerived(name: string): name is DerivedName {
  return Object.hasOwn(derived, name);
}

/** A derived figure in a language. */
export function derivedIn(language: Language, name: DerivedName): Derived & Told {
  return { ...derived[name], ...told[language][name] };
}

export const derivedNames = Object.keys(derived) as readonly DerivedName[];
