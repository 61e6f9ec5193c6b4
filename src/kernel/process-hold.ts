/** Keeps the process alive while it waits for something that no socket or timer of its own stands for. */
import { timerDelayMsMax } from './clock.js';

/** Holds the process until the returned function is called; that is safe to call twice. */
export function holdProcess(): () => void {
  const timer = setInterval(() => undefined, timerDelayMsMax);
  return () => {
    clearInterval(timer);
  };
}
