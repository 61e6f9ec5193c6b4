/**
 * Answers in the language of whoever reads them. Invariant: names, codes, numbers and whatever people wrote are the same
 * in every language; without a wish, the answer is the English one.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { languageTags, languageWanted, sayFields, type Language } from '../../words/index.js';
import type { Problem } from '../problem.js';
import { bookOf } from './book.js';

/** The language of a request, by its header. */
export function languageOf({ headers }: Pick<FastifyRequest, 'headers'>): Language {
  return languageWanted(headers['accept-language']);
}

/** Of an event stream: by `?language=`, for the page that opens one cannot set its header. */
export function languageOfStream(request: Pick<FastifyRequest, 'headers' | 'query'>): Language {
  const { language } = request.query as { readonly language?: unknown };
  return typeof language === 'string' ? languageWanted(language) : languageOf(request);
}

function tell(reply: FastifyReply, language: Language): void {
  void reply.header('content-language', languageTags[language]).header('vary', 'accept-language');
}

/** `texts`: the fields of the answer that are said; undefined: none is. */
export function sayAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: unknown,
  texts: readonly string[] | undefined,
): unknown {
  if (texts === undefined || texts.length === 0) return answer;
  const language = languageOf(request);
  tell(reply, language);
  const book = bookOf(language);
  return book === undefined ? answer : sayFields(answer, texts, book);
}

export function sayProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): Problem {
  const language = languageOf(request);
  tell(reply, language);
  const book = bookOf(language);
  return book === undefined ? problem : (sayFields(problem, ['title', 'detail'], book) as Problem);
}
