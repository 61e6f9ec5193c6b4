/** HTTP: health for now. Loading it costs more than any other part, so it is imported only when it listens. */
export type { HealthSource, Readiness } from './health-app.js';
export { startHttp, type HttpListener, type HttpListenerOptions, type HttpServer } from './http-server.js';
