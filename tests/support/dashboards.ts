/** The dashboards in `deploy/grafana/dashboards`, as they lie there, and the queries in them. */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** A panel as Grafana has it, as far as it is looked at. */
export interface ShippedPanel {
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly refId: string }[];
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly thresholds?: {
        readonly steps: readonly { readonly value: number | null; readonly color: string }[];
      };
    };
  };
  readonly options?: unknown;
}

export interface ShippedDashboard {
  readonly file: string;
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly ShippedPanel[];
}

export const dashboardDirectory = fileURLToPath(new URL('../../deploy/grafana/dashboards/', import.meta.url));

/** All of them, by file name. */
export async function shippedDashboards(): Promise<readonly ShippedDashboard[]> {
  const files = (await readdir(dashboardDirectory)).sort();
  return Promise.all(
    files.map(async (file) => ({
      ...(JSON.parse(await readFile(`${dashboardDirectory}${file}`, 'utf8')) as ShippedDashboard),
      file,
    })),
  );
}

/** Every query with where it stands. */
export function queriesOf({ file, panels }: ShippedDashboard) {
  return panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ file, panel: title, query: expr })),
  );
}
