/** An Alertmanager started by `startAlertmanager`. */
export interface AlertmanagerServer {
  readonly pid: number | undefined;
  readonly url: string;
  /** Ends it and removes its data. Safe to call twice. */
  stop(): Promise<void>;
  /** The last of what it printed. */
  log(): string;
}

/** Why Alertmanager cannot be started here, or undefined when it can. */
export function alertmanagerUnavailable(): string | undefined;

/** `receiverUrl`: where it sends what fires, as its webhook. Resolves once it is ready. */
export function startAlertmanager(options?: { readonly receiverUrl?: string }): Promise<AlertmanagerServer>;
