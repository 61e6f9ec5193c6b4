/** What probe messages tell of an engine, by series without `sluice_`. Pure. */
import type { ProbeFigures } from '../probe/prober.js';

export function probeRows(probe: ProbeFigures): Readonly<Record<string, number | undefined>> {
  const { sent, lost, duplicated, reordered, upMs, downMs, outages, outageMs } = probe;
  return {
    probes_sent_total: sent,
    probes_lost_total: lost,
    probes_duplicated_total: duplicated,
    probes_reordered_total: reordered,
    probe_up_seconds_total: upMs / 1_000,
    probe_down_seconds_total: downMs / 1_000,
    probe_outages_total: outages,
    probe_outage_seconds: outageMs === undefined ? undefined : outageMs / 1_000,
  };
}
