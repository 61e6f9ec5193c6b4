/**
 * What a request for a list may say: a page, a filter by name, an order, columns. Invariant: the page is bounded, and a
 * filter costs time in proportion to the name, whatever its pattern.
 */
import { pattern, SluiceError } from '../../kernel/index.js';
import { columnsOf } from './columns.js';
import { WordedRefusal } from './refusal.js';
import type { Visit } from './rabbit-route.js';

const pageSizeDefault = 100;
const pageSizeMax = 500;
const patternLengthMax = 1_024;

/** A page of a list. */
export interface PageRequest {
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
  /** Whether a name stays. */
  readonly keeps: (name: string) => boolean;
}

export interface ListRequest {
  /** Undefined: the whole list. */
  readonly page: PageRequest | undefined;
  /** A path into an item; undefined: by virtual host and name. */
  readonly sort: readonly string[] | undefined;
  readonly isReversed: boolean;
  readonly columns: readonly (readonly string[])[] | undefined;
}

function number(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^-?\d{1,9}$/.test(text)) return Number(text);
  throw new SluiceError('bad-input', 'Pagination parameters are invalid');
}

/** Throws `bad-input` for a page that cannot be. */
export function listRequest(visit: Visit): ListRequest {
  const sort = visit.query('sort');
  return {
    page: pageRequest(visit),
    sort: sort === undefined || sort === '' ? undefined : sort.split('.'),
    isReversed: visit.isSet('sort_reverse'),
    columns: columnsOf(visit.query('columns')),
  };
}

function pageRequest(visit: Visit): PageRequest | undefined {
  const page = number(visit.query('page'));
  const size = number(visit.query('page_size'));
  if (page === undefined) return undefined;
  const pageSize = size ?? pageSizeDefault;
  if (page < 1 || pageSize < 1 || pageSize > pageSizeMax) {
    const words = `Invalid pagination parameters: page number ${page}, page size ${size ?? 'undefined'}`;
    throw new WordedRefusal('bad-input', 'invalid_pagination_parameters', words);
  }
  return { page, pageSize, keeps: nameFilter(visit.query('name') ?? '', visit.isSet('use_regex')) };
}

/** Cases do not matter, as in RabbitMQ; of a pattern the lower case of a name is tried too. */
function nameFilter(wanted: string, isPattern: boolean): (name: string) => boolean {
  if (wanted === '') return () => true;
  if (!isPattern) {
    const lower = wanted.toLowerCase();
    return (name) => name.toLowerCase().includes(lower);
  }
  const compiled = compiledFilter(wanted);
  return (name) => compiled.matches(name) || compiled.matches(name.toLowerCase());
}

function compiledFilter(source: string): ReturnType<typeof pattern> {
  if (source.length > patternLengthMax) {
    throw new SluiceError('bad-input', `name: longer than ${patternLengthMax} characters`);
  }
  try {
    return pattern(source);
  } catch (cause) {
    throw new SluiceError('bad-input', 'Pagination parameters are invalid', { cause });
  }
}
