/**
 * A signal that also tells a handler which never yields: reading `aborted`, or `throwIfAborted()`, first takes in what
 * the worker has said, as no event can come in while the handler computes.
 */

/**
 * The controller's own signal, so changed. `poll` is called before each look, and may abort the controller; it is to be
 * cheap.
 */
export function polledSignal(controller: AbortController, poll: () => void): AbortSignal {
  const { signal } = controller;
  const isAborted = (): boolean => {
    poll();
    return Reflect.get<AbortSignal, 'aborted'>(AbortSignal.prototype, 'aborted', signal);
  };
  Object.defineProperties(signal, {
    aborted: { get: isAborted },
    throwIfAborted: {
      value: (): void => {
        if (isAborted()) throw signal.reason;
      },
    },
  });
  return signal;
}
