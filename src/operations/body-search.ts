/**
 * Looks for a text in the bodies of messages, decoded by their content encoding. Invariant: of a body and of what it
 * becomes no more than the first MiB is looked at, and it says where that was not all.
 */
import { decodeProperties, type MessageView } from '../broker/index.js';
import { decodedBody, type Decoded } from './body-decoding.js';
import { readBody } from './body-reading.js';

const searchedBytesMax = 1_048_576;

/** `partly`: it is not in the beginning, and no more was looked at. */
export type BodyFinding = 'found' | 'not-found' | 'partly' | 'undecodable';

export interface BodySearch {
  /** At once where the body is small and at hand. */
  look(view: MessageView): BodyFinding | Promise<BodyFinding>;
}

type IsIn = (bytes: Buffer) => boolean;

/** The text is looked for as UTF-8. */
export function bodySearch(text: string, ignoresCase: boolean): BodySearch {
  const needle = Buffer.from(text);
  const folded = text.toLowerCase();
  const isIn: IsIn = ignoresCase
    ? (bytes) => bytes.toString('utf8').toLowerCase().includes(folded)
    : (bytes) => bytes.includes(needle);
  return { look: (view) => look(view, isIn) };
}

function look(view: MessageView, isIn: IsIn): BodyFinding | Promise<BodyFinding> {
  const encoding = encodingOf(view);
  const { large } = view;
  if (large !== undefined) {
    const isCut = large.bytes > searchedBytesMax;
    return readBody(view, 0, searchedBytesMax).then((body) => lookIn(body, encoding, isCut, isIn));
  }
  return lookIn(view.bodyBuffer.subarray(view.bodyStart, view.bodyEnd), encoding, false, isIn);
}

/** What is decoded while others have their turn is a copy: the view is gone by then. */
function lookIn(
  body: Buffer,
  encoding: string | undefined,
  isCut: boolean,
  isIn: IsIn,
): BodyFinding | Promise<BodyFinding> {
  const isPlain = encoding === undefined || encoding === '' || encoding === 'identity';
  // Of an encoded body the beginning alone says nothing.
  if (isCut && !isPlain) return 'partly';
  const decoded = decodedBody(isPlain ? body : Buffer.from(body), encoding, searchedBytesMax);
  return decoded instanceof Promise
    ? decoded.then((each) => finding(each, isCut, isIn))
    : finding(decoded, isCut, isIn);
}

function finding(decoded: Decoded, isCut: boolean, isIn: IsIn): BodyFinding {
  if (decoded.kind === 'undecodable') return 'undecodable';
  if (isIn(decoded.bytes)) return 'found';
  return decoded.kind === 'beginning' || isCut ? 'partly' : 'not-found';
}

function encodingOf(view: MessageView): string | undefined {
  try {
    return decodeProperties(view.propertiesBuffer, view.propertiesStart, view.propertiesEnd).contentEncoding;
  } catch {
    return undefined;
  }
}
