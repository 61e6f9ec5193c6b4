/**
 * Which messages of a queue somebody looks for: by state, time, names, headers, properties and body. Invariant: all
 * that is given must agree, and what costs least is asked first.
 */
import { z } from 'zod';
import {
  decodeProperties,
  decodeText,
  plainValue,
  type ContentProperties,
  type FieldValue,
  type MessageView,
  type ScannedMessage,
} from '../broker/index.js';
import { SluiceError } from '../kernel/index.js';
import { bodySearch, type BodySearch } from './body-search.js';
import { shortText } from './inputs.js';
import { namedPattern, valueTest, type ValueTest } from './value-pattern.js';

const states = ['ready', 'unacknowledged', 'delayed', 'gated', 'held'] as const;
export type FilteredState = (typeof states)[number];

/** A pair of name and value: each is looked at in every message. */
const pair = z.string().min(1).max(1_024);
const pairsMax = 16;
const pairList = z
  .union([pair, z.array(pair).max(pairsMax)])
  .describe('name=value, or a name alone; several: all of them. In a value * stands for anything');

/** The fields of a filter, all of them optional. */
export const filterFields = {
  key: shortText.describe('the routing key; * stands for anything').optional(),
  exchange: shortText.describe('it was published to; * stands for anything').optional(),
  header: pairList.optional(),
  property: pairList.optional(),
  body: z
    .string()
    .min(1)
    .max(1_024)
    .describe('a text in the body, which is decoded by its content encoding')
    .optional(),
  ignoreCase: z.boolean().describe('capital and small letters are the same').optional(),
  state: z
    .union([z.enum(states), z.array(z.enum(states)).max(states.length)])
    .describe('one or several; left out: any')
    .optional(),
  arrivedFromMs: z.int().min(0).optional(),
  arrivedUntilMs: z.int().min(0).optional(),
};

export const messageFilter = z.strictObject(filterFields);
export type MessageFilterInput = z.infer<typeof messageFilter>;

/** A filter, made ready. */
export interface MessageFilter {
  readonly states: ReadonlySet<FilteredState> | undefined;
  /** Whether all agrees but for the body. */
  readonly agrees: (message: ScannedMessage) => boolean;
  /** Undefined: no body is looked at. */
  readonly body: BodySearch | undefined;
}

type Test = (view: MessageView) => boolean;

/** Throws `bad-input` for a property that there is not. */
export function filterOf(given: MessageFilterInput): MessageFilter {
  const ignoresCase = given.ignoreCase === true;
  const tests = [
    ...timeTests(given),
    ...nameTests(given, ignoresCase),
    ...contentTests(listOf(given.header), listOf(given.property), ignoresCase),
  ];
  return {
    states: given.state === undefined ? undefined : new Set(listOf(given.state)),
    agrees: ({ view }) => tests.every((test) => test(view)),
    body: given.body === undefined ? undefined : bodySearch(given.body, ignoresCase),
  };
}

function listOf<Item>(given: Item | readonly Item[] | undefined): readonly Item[] {
  if (given === undefined) return [];
  return Array.isArray(given) ? (given as readonly Item[]) : [given as Item];
}

function* timeTests({ arrivedFromMs, arrivedUntilMs }: MessageFilterInput): Generator<Test> {
  if (arrivedFromMs !== undefined) yield ({ arrivalMs }) => arrivalMs >= arrivedFromMs;
  if (arrivedUntilMs !== undefined) yield ({ arrivalMs }) => arrivalMs <= arrivedUntilMs;
}

function* nameTests({ key, exchange }: MessageFilterInput, ignoresCase: boolean): Generator<Test> {
  if (exchange !== undefined) {
    const isExchange = valueTest(exchange, ignoresCase);
    yield (view) => isExchange(namesOf(view).exchange);
  }
  if (key !== undefined) {
    const isKey = valueTest(key, ignoresCase);
    yield (view) => isKey(namesOf(view).routingKey);
  }
}

/** The names that a message came with. */
export function namesOf(view: MessageView): { readonly exchange: string; readonly routingKey: string } {
  const exchangeEnd = view.routeStart + 1 + (view.buffer[view.routeStart] ?? 0);
  return {
    exchange: decodeText(view.buffer, view.routeStart + 1, exchangeEnd),
    routingKey: decodeText(view.buffer, exchangeEnd + 1, view.routeEnd),
  };
}

interface Wanted {
  readonly name: string;
  readonly bytes: Buffer;
  /** Undefined: whatever it is. */
  readonly test: ValueTest | undefined;
}

function wanted(text: string, ignoresCase: boolean): Wanted {
  const { name, value } = namedPattern(text);
  const test = value === undefined ? undefined : valueTest(value, ignoresCase);
  return { name, bytes: Buffer.from(name), test };
}

/** Headers and properties are decoded once for both. */
function* contentTests(
  headers: readonly string[],
  properties: readonly string[],
  ignoresCase: boolean,
): Generator<Test> {
  if (headers.length === 0 && properties.length === 0) return;
  const inHeaders = headers.map((each) => wanted(each, ignoresCase));
  const inProperties = properties.map((each) => {
    const { name, ...rest } = wanted(each, ignoresCase);
    return { ...rest, name: propertyNamed(name) };
  });
  yield (view) => {
    const bytes = view.propertiesBuffer.subarray(view.propertiesStart, view.propertiesEnd);
    // Most messages do not have the header at all, which its bytes tell without decoding: three times as fast.
    if (inHeaders.some((each) => !bytes.includes(each.bytes))) return false;
    const decoded = decodedOrNone(bytes);
    return (
      decoded !== undefined &&
      inHeaders.every((each) => hasValue(decoded.headers?.get(each.name), each.test)) &&
      inProperties.every((each) => hasValue(decoded[each.name], each.test))
    );
  };
}

/** Undefined where a client sent what no reader can make out. */
function decodedOrNone(bytes: Buffer): ContentProperties | undefined {
  try {
    return decodeProperties(bytes);
  } catch {
    return undefined;
  }
}

const propertyNames = [
  'contentType',
  'contentEncoding',
  'deliveryMode',
  'priority',
  'correlationId',
  'replyTo',
  'expiration',
  'messageId',
  'timestamp',
  'type',
  'userId',
  'appId',
  'clusterId',
] as const satisfies readonly (keyof ContentProperties)[];

/** A property as the API writes it, or as AMQP does: `contentType`, `content-type`. */
function propertyNamed(text: string): (typeof propertyNames)[number] {
  const camel = text.replace(/[-_](\w)/g, (_, letter: string) => letter.toUpperCase());
  const found = propertyNames.find((name) => name === camel);
  if (found !== undefined) return found;
  throw new SluiceError(
    'bad-input',
    `there is no property '${text.slice(0, 64)}'; there are ${propertyNames.join(', ')}`,
  );
}

function hasValue(value: FieldValue | number | bigint | undefined, test: ValueTest | undefined): boolean {
  if (value === undefined) return false;
  return test === undefined || test(textOfValue(value));
}

/** Numbers as decimals, tables and arrays as JSON. */
function textOfValue(value: FieldValue | number | bigint): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'number') return String(value);
  const plain = plainValue(value);
  return typeof plain === 'string' ? plain : JSON.stringify(plain);
}
