/** HTTP: the API, metrics, the console. Loading it costs more than any other part: import it only when it listens. */
export { startHttp, type HttpListener, type HttpListenerOptions, type HttpServer } from './http-server.js';
export { Sessions, type SessionsOptions } from './session/sessions.js';
export type { SessionSettings } from './session/session-book.js';
export type { ApiParts, HttpSettings, HttpSource, Readiness } from './source.js';
