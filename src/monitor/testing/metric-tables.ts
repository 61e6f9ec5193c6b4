/** The catalogue as docs/metrics.md shows it. */
import { catalogue, type ObjectKind } from '../index.js';

function labelsOf({ name, labels, summedBy }: ObjectKind): string {
  const quoted = labels.map((label) => `\`${label}\``);
  if (summedBy === undefined) return `Labels: ${quoted.join(', ')}.`;
  const kept = quoted.slice(0, summedBy).join(', ');
  return `Labels: ${quoted.join(', ')}; summed by ${kept} but with \`?per=${name}\`.`;
}

function tableOf(kind: ObjectKind): string {
  const rows = kind.metrics.map(
    (metric) => `| \`${metric.name}\` | ${metric.kind} | ${metric.unit} | ${metric.help} |`,
  );
  const head = '| Metric | Kind | Unit | Meaning |\n|---|---|---|---|';
  return `### \`${kind.name}\`\n\n${labelsOf(kind)}\n\n${head}\n${rows.join('\n')}\n`;
}

/** A table for each kind. */
export function metricTables(): string {
  return catalogue.map(tableOf).join('\n');
}
