/**
 * Routes that list: paged, sorted, searched, and without what the caller may not see. Invariant: whatever the length
 * of the list, a request holds one page of it.
 */
import { z } from 'zod';
import type { OperationInput, OperationName, OperationResult } from '../../operations/index.js';
import type { Caller } from '../caller.js';
import { inputOf, runOperation } from './operation-route.js';
import { Page, type RowOrder } from './page.js';
import { route, type Call, type Route } from './route.js';

const limitMax = 1_000;
const limitDefault = 100;
const cursorLengthMax = 4_096;
const searchLengthMax = 255;

/** What every list takes. */
const pageShape = {
  /** Rows of a page. */
  limit: z.int().min(1).max(limitMax).default(limitDefault),
  /** The `next` of the page before. */
  after: z.string().max(cursorLengthMax).optional(),
  sort: z.string().max(64),
  /** Only rows with this text in their name. */
  contains: z.string().max(searchLengthMax).optional(),
};

interface PageInput {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly sort: string;
  readonly contains?: string | undefined;
}

/** A page of rows, as it is documented. */
function pageAnswer(row: z.ZodType): z.ZodType {
  return z.object({ items: z.array(row), total: z.int(), next: z.string().optional() });
}

/** A list over an operation. */
export interface ListRoute<Name extends OperationName, Row> extends RowOrder<Row> {
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  readonly row: z.ZodType;
  /** Texts of a row that the reader's language says. */
  readonly texts?: readonly string[];
  /** The rows in the operation's result; undefined: they come as events, some at a time. */
  readonly rows?: (result: OperationResult<Name>) => readonly Row[];
  /** Throws `access-refused` for whoever may see nothing of it. */
  readonly allow?: (caller: Caller, input: OperationInput<Name>) => void;
  /** Whether the caller sees a row. */
  readonly sees: (caller: Caller) => (row: Row) => boolean;
  /** A row as this caller gets it; left out: as it is. */
  readonly shown?: (caller: Caller, row: Row) => unknown;
  /** What a search looks at. */
  readonly text: (row: Row) => string;
  /** Names to sort by besides `sorts`; undefined: there is none of that name. */
  readonly furtherSort?: (name: string, input: OperationInput<Name>) => FurtherSort<Name, Row> | undefined;
}

/** A sort by something that rows have when the operation is asked for it. */
export interface FurtherSort<Name extends OperationName, Row> {
  readonly input: OperationInput<Name>;
  readonly value: (row: Row) => string | number | undefined;
}

/** Rows of virtual hosts that the caller sees. */
export function seenByVhost(caller: Caller): (row: { readonly vhost: string }) => boolean {
  const answers = new Map<string, boolean>();
  return ({ vhost }) => {
    let answer = answers.get(vhost);
    if (answer === undefined) answers.set(vhost, (answer = caller.sees(vhost)));
    return answer;
  };
}

/** Whoever asks for one virtual host must see it. */
export function viewsVhost(caller: Caller, { vhost }: { readonly vhost?: string | undefined }): void {
  if (vhost !== undefined) caller.requireView(vhost);
}

/** Whether a row's text, or a line of it in the reader's language, holds what is searched for. */
function isFound(text: string, contains: string, say: Call['say']): boolean {
  if (text.includes(contains)) return true;
  return say !== undefined && text.split('\n').some((line) => say(line).includes(contains));
}

/** A route that lists what an operation gives. */
export function listRoute<Name extends OperationName, Row>(
  name: Name,
  definition: ListRoute<Name, Row>,
): Route {
  const { path, summary, tag, row, rows, allow, sees, shown, text, texts = [] } = definition;
  const sort = pageShape.sort.default(Object.keys(definition.sorts)[0]!);
  const input = inputOf(name).extend({ ...pageShape, sort });
  const run = async (call: Call, given: PageInput & Readonly<Record<string, unknown>>): Promise<unknown> => {
    const { limit, after, sort: sorting, contains = '', ...own } = given;
    const sortName = sorting.replace(/^-/, '');
    const further = Object.hasOwn(definition.sorts, sortName)
      ? undefined
      : definition.furtherSort?.(sortName, own);
    const sorts = further === undefined ? definition.sorts : { [sortName]: further.value };
    const page = new Page({ ...definition, sorts }, limit, sorting, after);
    const isSeen = sees(call.caller);
    const add = (item: Row): void => {
      if (isSeen(item) && isFound(text(item), contains, call.say)) page.add(item);
    };
    const onEvent = (piece: unknown): void => {
      (piece as Row[]).forEach(add);
    };
    const result = await runOperation(call, name, further?.input ?? (own as OperationInput<Name>), {
      onEvent,
    });
    rows?.(result).forEach(add);
    const answer = page.answer();
    if (shown === undefined) return answer;
    return { ...answer, items: answer.items.map((item) => shown(call.caller, item)) };
  };
  return route({
    ...{ method: 'GET', path, summary, tag, answer: pageAnswer(row) },
    texts: texts.map((field) => `items[].${field}`),
    input: input as unknown as z.ZodType<PageInput & Readonly<Record<string, unknown>>>,
    allow: (caller, given) => allow?.(caller, given as unknown as OperationInput<Name>),
    run,
  });
}
