/** docs/rights.md, written from the table of rights. Invariant: a test finds the file when it differs from this. */
import { rightsText, type OperationRights } from '../api/need.js';

const opening = `# Who may do what

Every operation of the [API](api.md), and what it needs. The console leaves out what its user may not do, or says which right is missing; the API refuses it all the same, with 403, \`access-refused\` and the right in words. The OpenAPI document carries the same of each operation, as \`x-sluice-needs\`. This page is made from the table that both come from (\`src/http/rights/\`), and a test asks a real server for each line as users of every kind.

Who is not signed in gets 401, who has no tag 403: every line but that of signing in needs one of \`management\`, \`monitoring\`, \`policymaker\` and \`administrator\`. A tag gives no right over a queue or an exchange: those are of the user in a virtual host, as [patterns](security.md#permissions). \`amq.default\` in a pattern is the default exchange, by which one publishes to a queue.

| Tag | What it adds |
|---|---|
| \`management\` | to sign in, and to see what is in the virtual hosts that one is let into |
| \`policymaker\` | to set policies in those, and alert rules |
| \`monitoring\` | to see all of the server: every virtual host, engines, incidents; to acknowledge, comment and silence, and to ask for a remedy |
| \`administrator\` | everything of the server: users, virtual hosts, definitions, the audit log; to apply remedies; to act on the engines beside |

| Operation | Needs |
|---|---|
`;

/** The document. */
export function rightsDocument(table: ReadonlyMap<string, OperationRights>): string {
  const rows = [...table].map(([operation, rights]) => `| \`${operation}\` | ${rightsText(rights)} |`);
  return `${opening}${rows.join('\n')}\n`;
}
