/**
 * What the broker reads from a message's headers: further routing keys (`CC`, `BCC`) and what orders and delays it
 * (`x-delay`, Celery's `eta`, `x-after`, `x-key`, `x-tenant`, `x-deadline`, `x-period`, `x-cost`). One reused object; a
 * message without headers costs a test.
 */
import { SluiceError } from '../kernel/index.js';
import {
  decodeFieldTable,
  decodeProperties,
  type ContentProperties,
  decodeFieldValue,
  headerNumber,
  HeaderScanner,
  headerTextEnd,
  headerTextStart,
  isFieldArray,
  isHeaderText,
  type FieldTable,
  type FieldValue,
} from './content/index.js';
import type { InboundMessage } from './face.js';
import { afterKeysOf } from './missing-records.js';
import { delayMsMax } from './queue-settings.js';
import type { HashProperty, HeaderLookup } from './routing/index.js';

const names = [
  'CC',
  'BCC',
  'x-delay',
  'x-key',
  'x-deadline',
  'x-period',
  'x-cost',
  'x-tenant',
  'x-after',
  'eta',
  'task',
] as const;
const [cc, bcc, delay, key, deadline, period, cost, tenant, after] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;
const [eta, task] = [9, 10] as const;

const none: readonly string[] = [];
const momentPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

export class MessageHeaders implements HeaderLookup {
  /** Keys from `CC` and `BCC`. */
  moreKeys: readonly string[] = none;
  hasBlindCopies = false;
  /** Milliseconds; 0: not delayed. */
  delayMs = 0;
  /** Before it a task of Celery's is not to run, Unix ms; 0: none, or none that says its offset from UTC. */
  etaMs = 0;
  /** Keys of records that it waits for. */
  afterKeys: readonly string[] = none;
  hasKey = false;
  keyBuffer: Buffer = Buffer.alloc(0);
  keyStart = 0;
  keyEnd = 0;
  hasTenant = false;
  tenantBuffer: Buffer = Buffer.alloc(0);
  tenantStart = 0;
  tenantEnd = 0;
  /** Unix ms; undefined where absent, like the two below. */
  deadlineMs: number | undefined = undefined;
  periodMs: number | undefined = undefined;
  costMs: number | undefined = undefined;
  /** Whether the route asked for a property. */
  hasReadProperty = false;

  readonly #scanner = new HeaderScanner(names);
  #buffer: Buffer = Buffer.alloc(0);
  #start = -1;
  #end = -1;
  #table: FieldTable | undefined = undefined;
  #propertiesStart = 0;
  #propertiesEnd = 0;
  #properties: ContentProperties | undefined = undefined;

  /**
   * Reads the headers of a message. Throws `protocol` for a malformed table, `precondition-failed` for a bad `CC`
   * or `x-after`.
   */
  read(message: InboundMessage): void {
    const { scan } = message;
    this.#table = undefined;
    this.#properties = undefined;
    this.hasReadProperty = false;
    this.#propertiesStart = message.propertiesStart;
    this.#propertiesEnd = message.propertiesEnd;
    this.#buffer = message.propertiesBuffer;
    this.#start = scan.headersStart;
    this.#end = scan.headersEnd;
    this.moreKeys = none;
    this.hasBlindCopies = false;
    this.delayMs = this.etaMs = 0;
    this.afterKeys = none;
    this.hasKey = this.hasTenant = false;
    this.deadlineMs = this.periodMs = this.costMs = undefined;
    if (scan.headersStart < 0) return;
    if (this.#scanner.scan(this.#buffer, this.#start, this.#end) === 0) return;
    this.#take();
  }

  /** Lets the message wait for its `eta`, if that comes after its delay. */
  waitForEta(nowMs: number): void {
    if (this.etaMs > nowMs + this.delayMs) this.delayMs = this.etaMs - nowMs;
  }

  /** For a message whose routing key has replaced them. */
  ignoreMoreKeys(): void {
    this.moreKeys = none;
  }

  /** For a message that has waited for its records, or is no longer where it was to wait. */
  ignoreRecords(): void {
    this.afterKeys = none;
  }

  #take(): void {
    const { positions } = this.#scanner;
    this.deadlineMs = this.#number(positions[deadline]!);
    this.periodMs = this.#number(positions[period]!);
    this.costMs = this.#number(positions[cost]!);
    const delayMs = this.#number(positions[delay]!);
    if (delayMs !== undefined && delayMs > 0) this.delayMs = Math.min(delayMs, delayMsMax);
    if (positions[eta]! >= 0 && positions[task]! >= 0) this.etaMs = this.#moment(positions[eta]!);
    const keyAt = positions[key]!;
    if (keyAt >= 0) this.#takeKey(keyAt);
    const afterAt = positions[after]!;
    if (afterAt >= 0) this.afterKeys = afterKeysOf(decodeFieldValue(this.#buffer, afterAt, this.#end));
    const tenantAt = positions[tenant]!;
    if (tenantAt >= 0) this.#takeTenant(tenantAt);
    if (positions[cc]! < 0 && positions[bcc]! < 0) return;
    this.hasBlindCopies = positions[bcc]! >= 0;
    this.moreKeys = [...this.#keys(positions[cc]!, 'CC'), ...this.#keys(positions[bcc]!, 'BCC')];
  }

  /** A key is compared by its bytes: a text's own, or those of any other value as encoded. */
  #takeKey(at: number): void {
    this.hasKey = true;
    this.keyBuffer = this.#buffer;
    if (isHeaderText(this.#buffer, at)) {
      this.keyStart = headerTextStart(at);
      this.keyEnd = headerTextEnd(this.#buffer, at);
      return;
    }
    this.keyBuffer = Buffer.from(String(headerNumber(this.#buffer, at)));
    this.keyStart = 0;
    this.keyEnd = this.keyBuffer.length;
  }

  /** As a key is. An empty name is no tenant. */
  #takeTenant(at: number): void {
    this.tenantBuffer = this.#buffer;
    if (isHeaderText(this.#buffer, at)) {
      this.tenantStart = headerTextStart(at);
      this.tenantEnd = headerTextEnd(this.#buffer, at);
    } else {
      this.tenantBuffer = Buffer.from(String(headerNumber(this.#buffer, at)));
      this.tenantStart = 0;
      this.tenantEnd = this.tenantBuffer.length;
    }
    this.hasTenant = this.tenantEnd > this.tenantStart;
  }

  #number(at: number): number | undefined {
    if (at < 0) return undefined;
    const value = isHeaderText(this.#buffer, at)
      ? Number(this.#buffer.toString('latin1', headerTextStart(at), headerTextEnd(this.#buffer, at)))
      : headerNumber(this.#buffer, at);
    return Number.isFinite(value) ? value : undefined;
  }

  /** Of a text such as `2026-03-01T00:00:00.123456+00:00`; 0 for anything else. */
  #moment(at: number): number {
    if (!isHeaderText(this.#buffer, at)) return 0;
    const text = this.#buffer.toString('latin1', headerTextStart(at), headerTextEnd(this.#buffer, at));
    return momentPattern.test(text) ? Date.parse(text) || 0 : 0;
  }

  #keys(at: number, name: string): readonly string[] {
    if (at < 0) return [];
    const value = decodeFieldValue(this.#buffer, at, this.#end);
    // What is no text means nothing, as in RabbitMQ.
    if (isFieldArray(value)) return value.filter((one) => typeof one === 'string');
    throw new SluiceError('precondition-failed', `invalid type for ${name} header: give an array of strings`);
  }

  /** Any header, decoded on first use. */
  get(name: string): FieldValue | undefined {
    if (this.#start < 0) return undefined;
    this.#table ??= decodeFieldTable(this.#buffer, this.#start, this.#end);
    return this.#table.get(name);
  }

  /** A property that an exchange hashes, decoded on first use. */
  property(name: HashProperty): string | undefined {
    this.hasReadProperty = true;
    this.#properties ??= decodeProperties(this.#buffer, this.#propertiesStart, this.#propertiesEnd);
    switch (name) {
      case 'correlation_id':
        return this.#properties.correlationId;
      case 'message_id':
        return this.#properties.messageId;
      case 'timestamp':
        return this.#properties.timestamp?.toString();
    }
  }
}
