/** docs/audit.md, written from the tables of what leaves a record. Invariant: a test finds the file when it differs. */
import type { Leaves } from '../api/audit-table.js';

const opening = `# What leaves a record in the audit log

Every operation that changes something leaves one record: who, what, on what, when, from where, and what became of it. What fails after it was let in leaves one too, with the outcome \`failure\` and the reason; what was refused for a missing right is \`access-refused\`. What changes nothing leaves none: GET, dry runs, and what stands below as "none". [Security](security.md#the-audit-log) tells how the log is kept, [the report](report.md) shows who did what in a span.

This page is made from tables. A test does each line on a real server and looks for its record, and one more operation without a line fails. The OpenAPI document carries it as \`x-sluice-audit\`.

What programs do over AMQP, MQTT and STOMP leaves none, but for what they declare and delete (from their address, or \`attached process\`): a record for each message would drown the rest, and [\`sluice trace\`](trace.md) tells who published and took a message. The commands that work as a program does are so, too: \`task enqueue\`, \`record\`, \`migrate\`, and everything with \`--engine\` on another engine.

`;

function rowsOf(table: ReadonlyMap<string, Leaves>): string {
  const rows = [...table].map(([operation, leaves]) => `| \`${operation}\` | ${leavesText(leaves)} |`);
  return ['| Operation | Record |', '|---|---|', ...rows].join('\n');
}

function leavesText(leaves: Leaves): string {
  if ('none' in leaves) return `none: ${leaves.none}`;
  return `\`${leaves.event}\`${leaves.note === undefined ? '' : `; ${leaves.note}`}`;
}

/** Parts of the document, each with its heading. */
export interface AuditTables {
  readonly own: ReadonlyMap<string, Leaves>;
  readonly rabbit: ReadonlyMap<string, Leaves>;
  readonly control: ReadonlyMap<string, Leaves>;
}

/** The document. */
export function auditDocument({ own, rabbit, control }: AuditTables): string {
  const parts = [
    `## The API \`/v1\`, and the console\n\n${rowsOf(own)}`,
    `## RabbitMQ's management API, below \`/api\`\n\n${rowsOf(rabbit)}`,
    `## The command line\n\nBy the operations of the control socket; those that are not here only look.\n\n${rowsOf(control)}`,
  ];
  return `${opening}${parts.join('\n\n')}\n`;
}
