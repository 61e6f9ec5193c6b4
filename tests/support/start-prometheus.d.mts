/** A Prometheus started by `startPrometheus`. */
export interface PrometheusServer {
  readonly pid: number | undefined;
  readonly url: string;
  /** Calls `/api/v1/…`; rejects when it refuses. */
  api(call: string, parameters: Readonly<Record<string, string>>): Promise<unknown>;
  /** Ends it and removes its data. Safe to call twice. */
  stop(): Promise<void>;
  /** The last of what it printed. */
  log(): string;
}

export interface PrometheusOptions {
  /** `scrape_configs`. */
  readonly scrape: readonly Readonly<Record<string, unknown>>[];
  readonly rulesPath?: string;
  /** The address of an Alertmanager. */
  readonly alertmanager?: string;
}

/** Why Prometheus cannot be started here, or undefined when it can. */
export function prometheusUnavailable(): string | undefined;

/** Resolves once it answers. It scrapes and judges every second. */
export function startPrometheus(options: PrometheusOptions): Promise<PrometheusServer>;
