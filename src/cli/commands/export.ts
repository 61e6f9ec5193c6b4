/** `sluice export …`: what other systems need to watch Sluice. The rules are those of the running server, if there is one. */
import type { Command } from 'commander';
import type { Shell } from '../shell.js';
import { exportGrafana } from '../export-grafana.js';
import { exportPrometheus } from '../export-prometheus.js';
import { exportZabbix } from '../export-zabbix.js';

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  exportZabbix(command.command('zabbix').description('write the templates for Zabbix 6.0 and later'), shell);
  exportPrometheus(
    command.command('prometheus').description('write recording and alerting rules for Prometheus'),
    shell,
  );
  exportGrafana(
    command.command('grafana').description('write dashboards and provisioning for Grafana'),
    shell,
  );
}
