/** The frame of every dashboard: variables, links to the others, time, sections. */
import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { source } from './panels.mjs';

/** What may be chosen, and the query for what there is. */
const choices = {
  engine: { label: 'Engine', query: 'label_values(sluice_engine_up, engine)' },
  vhost: { label: 'Virtual host', query: 'label_values(sluice_queues{engine=~"$engine"}, vhost)' },
  queue: {
    label: 'Queue',
    query: 'label_values(sluice_messages_ready{engine=~"$engine",vhost=~"$vhost"}, queue)',
  },
  task: { label: 'Task', query: 'label_values(sluice_task_running{engine=~"$engine"}, task)' },
};

function variable(name) {
  const { label, query } = choices[name];
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(source)
    .query(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*');
}

/** `sections`: titles to panels. */
export function dashboard({ uid, title, description, variables, sections }) {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['sluice'])
    .timezone('browser')
    .refresh('30s')
    .time({ from: 'now-1h', to: 'now' })
    .tooltip(DashboardCursorSync.Crosshair)
    .editable()
    .link(
      new DashboardLinkBuilder('Sluice')
        .type(DashboardLinkType.Dashboards)
        .tags(['sluice'])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    )
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'));
  for (const name of variables) builder.withVariable(variable(name));
  for (const [section, panels] of Object.entries(sections)) {
    builder.withRow(new RowBuilder(section));
    for (const panel of panels) builder.withPanel(panel);
  }
  const built = builder.build();
  // Given here, they are the same each time and in every Grafana.
  for (const [index, panel] of built.panels.entries()) panel.id = index + 1;
  return built;
}
