/**
 * A program's settings of governance: the sections of `sluice.yaml`, given to `open`. Invariant: they are checked before
 * anything is opened, and what checks them is loaded only where one is given.
 */
import type { GovernanceInput, GovernanceSettings } from './config/index.js';
import type { Duration } from './engines/index.js';

/** A size in bytes, or as text: `256MiB`. */
export type Size = number | string;

/** Probe messages through an engine, which tell its latency, loss and availability. */
export interface ProbeOptions {
  /** The time between two probes; 1 s unless said otherwise. */
  readonly every?: Duration;
  /** A probe that takes longer has failed; 5 s unless said otherwise. */
  readonly timeout?: Duration;
  /** The queue that they go through, named `sluice.probe.…`; one named after this machine unless said otherwise. */
  readonly queue?: string;
}

/** What is measured. */
export interface MonitorOptions {
  /** Whether figures are measured every second and kept; true unless said otherwise. */
  readonly enabled?: boolean;
  readonly history?: {
    /** What history may take on the disk; 256 MiB unless said otherwise. */
    readonly budget?: Size;
    /** Objects that are kept at one time; 20,000 unless said otherwise. */
    readonly objects?: number;
  };
  /** Whether the own engine is probed, and how; it is not unless said otherwise. */
  readonly probe?: boolean | ProbeOptions;
}

/** Where figures are sent in the protocol of Zabbix's senders. */
export interface ZabbixOptions {
  /** The server or proxy: a host, with or without a port. */
  readonly server: string;
  /** The name of the host in Zabbix that has the template. */
  readonly host: string;
  /** A key shared with the server; `file` holds it in hexadecimal digits. Without one nothing is encrypted. */
  readonly psk?: { readonly identity: string; readonly file: string };
  /** 10 s unless said otherwise. */
  readonly every?: Duration;
  /** 5 s unless said otherwise. */
  readonly timeout?: Duration;
  /** Values that are kept while the server cannot be reached; 16 MiB unless said otherwise. */
  readonly buffer?: Size;
}

/** An engine that is measured beside the own one: `rabbitmq://user:password@host?management=http://host:15672`. */
export type ObservedEngineOptions =
  string | { readonly address: string; readonly probe?: boolean | ProbeOptions };

/** The sections of `sluice.yaml` about governance, under the same names and with the same meaning. */
export interface GovernanceOptions {
  /** Whether figures are measured and kept, and how. True where `http` or another of these is given, else false. */
  readonly monitor?: boolean | MonitorOptions;
  /** Where figures are sent, if Zabbix does not ask for them. */
  readonly zabbix?: ZabbixOptions;
  /** Engines beside the own one, by name. */
  readonly engines?: Readonly<Record<string, ObservedEngineOptions>>;
  /** Who owns queues and connections, in reports; the first that matches counts. */
  readonly owners?: GovernanceInput['owners'];
  /** Rules, what becomes of incidents, who hears of them, and how. */
  readonly alerts?: GovernanceInput['alerts'];
}

/** The names of those options. */
export const governanceNames = ['monitor', 'zabbix', 'engines', 'owners', 'alerts'] as const;

/**
 * What they ask for; undefined: nothing is measured, but for the sake of an HTTP side. Rejects with `config-invalid`,
 * naming every problem. Paths are relative to the working directory.
 */
export async function openGovernance(
  options: GovernanceOptions & { readonly http?: unknown },
): Promise<GovernanceSettings | undefined> {
  const given = Object.fromEntries(
    governanceNames.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  );
  const names = Object.keys(given);
  if (names.length === 0) return undefined;
  if (names.length === 1 && options.monitor === false && options.http === undefined) return undefined;
  const { programGovernance } = await import('./config/index.js');
  const { monitor = true } = options;
  const section = typeof monitor === 'boolean' ? { enabled: monitor } : monitor;
  return programGovernance({ ...given, monitor: section }, process.cwd());
}
