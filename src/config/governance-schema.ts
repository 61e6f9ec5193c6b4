/**
 * The settings of governance, the same for a server's `sluice.yaml` and a program's `open`: what is measured, where
 * figures go, who owns what, rules and who hears of incidents.
 */
import { z } from 'zod';
import { alertShape, checkRoutes, notifyShape, ownerSettings } from '../alerts/index.js';
import { monitorSettings, observedEngines } from '../monitor/index.js';
import { zabbixSettings } from '../monitor/zabbix/index.js';
import { bytesSetting, durationSetting } from './amount-settings.js';

const amounts = { bytes: bytesSetting, duration: durationSetting };

/** Fields of the configuration. */
export const governanceShape = {
  monitor: monitorSettings(amounts).prefault({}),
  /** Where figures are sent, if Zabbix does not ask for them. */
  zabbix: zabbixSettings(amounts).optional(),
  /** Engines that are measured beside the own one. */
  engines: observedEngines(amounts).default({}),
  /** Who owns queues and connections, in reports. */
  owners: ownerSettings,
  /** Rules, what becomes of incidents, who hears of them, and how. */
  alerts: z
    .strictObject({ ...alertShape, ...notifyShape })
    .superRefine(checkRoutes)
    .prefault({}),
};

/** Those of a program, which has no file. */
export const governanceSettings = z.strictObject(governanceShape);

/** After parsing: every default filled in, sizes in bytes, durations in milliseconds. */
export type GovernanceSettings = z.infer<typeof governanceSettings>;
/** Before it. */
export type GovernanceInput = z.input<typeof governanceSettings>;
