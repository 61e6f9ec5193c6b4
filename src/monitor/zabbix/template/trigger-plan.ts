/** What a trigger of the template is, before it is written as Zabbix has it. */
import { itemKey } from '../item-series.js';

export type ZabbixSeverity = 'INFO' | 'WARNING' | 'AVERAGE' | 'HIGH' | 'DISASTER';

/** A level that people may change, for a host or a single object. */
export interface Threshold {
  /** Without the braces: `SLUICE.DISK_LOW`. */
  readonly macro: string;
  readonly value: string;
  readonly description: string;
}

/** In expressions, `<series>` is the item of the object and `<$MACRO>` its threshold. */
export interface TriggerPlan {
  /** The kind of object; one of those that are discovered. */
  readonly kind: string;
  /** Stable: the trigger's UUID is made of it. */
  readonly id: string;
  /** After the object's title. */
  readonly name: string;
  readonly severity: ZabbixSeverity;
  readonly expression: string;
  /** Left out: over when `expression` no longer holds. */
  readonly recovery?: string;
  readonly thresholds: readonly Threshold[];
  readonly description: string;
}

/** A plan's expression with the items of a template in it. */
export function writtenExpression(expression: string, template: string): string {
  return expression
    .replace(/<\$([A-Z0-9_.]+)>/g, (_, macro: string) => `{$${macro}:"{#TITLE}"}`)
    .replace(/<(\w+)>/g, (_, series: string) => `/${template}/${itemKey(series)}[{#ID}]`);
}

/** Triggers that no rule speaks of, as Sluice sees such things by itself. */
export const ownTriggers: readonly TriggerPlan[] = [
  {
    kind: 'node',
    id: 'restart',
    name: 'restarted',
    severity: 'INFO',
    expression: 'last(<sluice_process_uptime_seconds>)<600',
    thresholds: [],
    description: 'The process began less than ten minutes ago.',
  },
  {
    kind: 'measurement',
    id: 'stale',
    name: 'cannot be measured',
    severity: 'WARNING',
    expression: 'min(<sluice_measurement_age_seconds>,5m)><$SLUICE.MEASUREMENT_AGE>',
    thresholds: [
      {
        macro: 'SLUICE.MEASUREMENT_AGE',
        value: '60',
        description: 'Seconds since a source was measured in full.',
      },
    ],
    description: 'What is shown of this source is unknown or old: see the log of Sluice.',
  },
];
