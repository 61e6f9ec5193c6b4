/** Zabbix: the template, the document that it asks for, and the sender. */
export { figuresDocument } from './figures-document.js';
export type { Measured } from './measured.js';
export { PusherSource } from './sender/pusher-source.js';
export {
  ZabbixPusher,
  type PushChange,
  type PushCounts,
  type ZabbixPusherOptions,
} from './sender/zabbix-pusher.js';
export { zabbixSettings, type ZabbixSettings } from './settings.js';
export { zabbixExport } from './template/template.js';
export { itemKinds } from './item-series.js';
export type { ExportNode } from './template/export-node.js';
export type { Threshold, TriggerPlan, ZabbixSeverity } from './template/trigger-plan.js';
