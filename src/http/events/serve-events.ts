/** `/v1/events`: figures and changes of queues each second, for as long as the client stays. */
import type { FastifyInstance } from 'fastify';
import { refuse, type Desk } from '../desk.js';
import { problem } from '../problem.js';
import { bookOf } from '../words/book.js';
import { languageOfStream } from '../words/reader.js';
import type { HttpSource } from '../source.js';
import { EventStream } from './event-stream.js';
import { QueueWatch } from './queue-watch.js';

const streamsMax = 64;

/** Adds the route. */
export function serveEvents(app: FastifyInstance, desk: Desk, source: HttpSource): void {
  const watch = new QueueWatch(source);
  app.addHook('onClose', (_instance, done) => {
    watch.stop();
    done();
  });
  app.route({
    method: 'GET',
    url: '/v1/events',
    exposeHeadRoute: false,
    onRequest: (request, reply) => desk.admit(request, reply),
    async handler(request, reply) {
      if (watch.watchers >= streamsMax) {
        return refuse(request, reply, problem('limit-reached', `${streamsMax} event streams are open`, true));
      }
      const response = reply.hijack().raw;
      const headers = Object.entries(reply.getHeaders()).filter(([, value]) => value !== undefined);
      response.writeHead(200, {
        ...(Object.fromEntries(headers) as Record<string, string>),
        'content-type': 'text/event-stream; charset=utf-8',
      });
      response.write('retry: 1000\n\n');
      const { caller, session, parts } = desk.visitOf(request);
      const stream = new EventStream(response, caller, source.clock, bookOf(languageOfStream(request)));
      const leaveLooks = watch.watch((look) => {
        if (!(look === 'stopping' ? stream.end(look) : stream.tell(look))) leave();
      });
      const leaveNews = parts.services.alerts?.onNews((news) => {
        stream.tellIncident(news);
      });
      const leaveRedrives = parts.services.redrives?.onNews((job) => {
        stream.tellRedrive(job);
      });
      const leaveSession =
        session &&
        source.sessions.onEnd(session, () => {
          stream.end('signed-out');
          leave();
        });
      const leave = (): void => {
        leaveLooks();
        leaveNews?.();
        leaveRedrives?.();
        leaveSession?.();
      };
      response.once('close', leave);
      response.on('error', leave);
      return reply;
    },
  });
}
