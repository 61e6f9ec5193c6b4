/** The texts of the dashboards by the names of their files. `rules`: the definitions of the default rules. */
export function dashboardFiles(
  rules: readonly Readonly<Record<string, unknown>>[],
): Promise<Record<string, string>>;
