/** Names what a peer speaks that did not send AMQP 0-9-1's protocol header: for the log, and for the operator. */
import type { ForeignProtocol } from './violation.js';

const amqpVersions: ReadonlyMap<string, ForeignProtocol> = new Map([
  ['1.1.8.0', 'amqp-0-8'],
  ['1.1.0.8', 'amqp-0-8'],
  ['1.1.0.9', 'amqp-0-9'],
  ['1.1.9.1', 'amqp-0-9'],
  ['0.0.9.0', 'amqp-0-9'],
  ['1.1.0.10', 'amqp-0-10'],
  ['0.1.0.0', 'amqp-1-0'],
  ['2.1.0.0', 'amqp-1-0'],
  ['3.1.0.0', 'amqp-sasl'],
]);

const httpStart = /^(?:GET|PUT|HEAD|POST|PRI|OPTIONS|DELETE|CONNECT|TRACE|PATCH) /;

/** What the first bytes of a connection (at most eight are looked at) suggest. */
export function identifyProtocol(bytes: Buffer): ForeignProtocol {
  const text = bytes.toString('latin1', 0, 8);
  if (text.startsWith('AMQP')) return amqpVersions.get([...bytes.subarray(4, 8)].join('.')) ?? 'amqp';
  if (text.startsWith('\x16\x03')) return 'tls';
  return httpStart.test(text) ? 'http' : 'unknown';
}
