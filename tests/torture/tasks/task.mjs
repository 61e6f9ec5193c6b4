/** The task that is tortured, as every process declares it, and the queues around it. */

/** Each completion sends one message here: what is here twice was completed twice. */
export const followQueue = 'torture.follow';

export function declareTask(app) {
  return app.task('torture', {
    key: ({ key }) => key,
    retry: { attempts: 1_000, backoff: 'fixed', delay: '10ms' },
    keepResult: '1h',
  });
}

export function pause(delayMs) {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
