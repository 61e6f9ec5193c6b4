/** What is wrong with a setting that only its use shows, such as a secret that is not there. */
import { SluiceError } from '../../kernel/index.js';

/** Names the setting by its dotted path, from which whoever read the file tells the line. `message` holds no secret. */
export function settingProblem(path: string, message: string): SluiceError {
  return new SluiceError('config-invalid', `${path}: ${message}`, {
    details: { problems: [{ path, message }] },
  });
}
