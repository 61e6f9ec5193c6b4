/** The shell of a real process. A reader that goes away (`sluice queue list | head`) ends the program quietly. */
import { Shell, type Output } from './shell.js';

function outputOf(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): Output {
  const isTerminal = stream.isTTY;
  const noColour = environment['NO_COLOR'] ?? '';
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
  });
  return {
    write: (text) =>
      new Promise((resolve) => {
        if (stream.write(text)) resolve();
        else stream.once('drain', resolve);
      }),
    isTerminal,
    hasColour: isTerminal && noColour === '' && environment['TERM'] !== 'dumb',
    columns: isTerminal ? stream.columns : 80,
  };
}

/** The shell over `process`. */
export function processShell(): Shell {
  return new Shell(
    outputOf(process.stdout, process.env),
    outputOf(process.stderr, process.env),
    process.env,
    process.cwd(),
  );
}
