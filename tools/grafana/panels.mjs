/**
 * Panels of the dashboards, made alike: every one has a title, a description, a unit and the levels of a default rule where
 * there is one. Invariant: a query names its variables by `$engine`, `$vhost` and `$queue` only.
 */
import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';

/** Chosen at the top of each dashboard. */
export const source = { type: 'prometheus', uid: '$datasource' };

const colors = { calm: 'green', info: 'blue', warning: 'orange', critical: 'red' };

/** The level of a rule, as the colours of a panel; `undefined` where there is none. */
function thresholdsOf(rule) {
  const steps = new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute);
  if (rule === undefined) return steps.steps([{ value: null, color: colors.calm }]);
  const color = colors[rule.severity ?? 'warning'];
  return rule.above === undefined
    ? steps.steps([
        { value: null, color },
        { value: rule.below, color: colors.calm },
      ])
    : steps.steps([
        { value: null, color: colors.calm },
        { value: rule.above, color },
      ]);
}

function targetsOf(queries) {
  return Object.entries(queries).map(([legend, expression], index) =>
    new DataqueryBuilder()
      .refId(String.fromCharCode(65 + index))
      .datasource(source)
      .expr(expression)
      .legendFormat(legend),
  );
}

function described({ description, rule }) {
  return rule === undefined ? description : `${description} The level is that of the rule ${rule.name}.`;
}

/** Lines over time. `queries`: legend to PromQL. Two stand in a row, or three with `span: 8`. */
export function lines(panel) {
  const { title, unit, queries, rule, span = 12, min = 0 } = panel;
  const builder = new TimeSeries()
    .title(title)
    .description(described(panel))
    .datasource(source)
    .targets(targetsOf(queries))
    .unit(unit)
    .span(span)
    .height(8)
    .fillOpacity(8)
    .lineWidth(1)
    .showPoints(VisibilityMode.Never)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs([]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
    .thresholds(thresholdsOf(rule))
    .thresholdsStyle(
      new GraphThresholdsStyleConfigBuilder().mode(
        rule === undefined ? GraphThresholdsStyleMode.Off : GraphThresholdsStyleMode.Dashed,
      ),
    );
  return min === undefined ? builder : builder.min(min);
}

/** One number, now. `words`: what numbers mean. */
export function number(panel) {
  const { title, unit, query, rule, span = 4, words } = panel;
  const builder = new Stat()
    .title(title)
    .description(described(panel))
    .datasource(source)
    .targets(targetsOf({ [title]: query }))
    .unit(unit)
    .span(span)
    .height(4)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .thresholds(thresholdsOf(rule));
  if (words === undefined) return builder;
  const options = Object.fromEntries(Object.entries(words).map(([value, text]) => [value, { text }]));
  return builder.mappings([{ type: 'value', options }]);
}

/** A query of a histogram: the median, and what one in twenty and one in a hundred exceed. */
export function quantiles(metric, labels) {
  const of = (quantile) =>
    `histogram_quantile(${quantile}, sum by (le) (rate(${metric}_bucket{${labels}}[$__rate_interval])))`;
  return { median: of(0.5), '95 %': of(0.95), '99 %': of(0.99) };
}

/** The increase a second of counters, summed. */
export function rates(metrics, labels, by) {
  return Object.fromEntries(
    Object.entries(metrics).map(([legend, metric]) => [
      legend,
      `sum${by === undefined ? '' : ` by (${by})`} (rate(${metric}{${labels}}[$__rate_interval]))`,
    ]),
  );
}

/** Gauges, combined by `how`. */
export function gauges(metrics, labels, how = 'sum', by) {
  return Object.fromEntries(
    Object.entries(metrics).map(([legend, metric]) => [
      legend,
      `${how}${by === undefined ? '' : ` by (${by})`} (${metric}{${labels}})`,
    ]),
  );
}
