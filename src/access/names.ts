/** What a name may be: 1 to 255 bytes of well-formed UTF-8 (an AMQP short string), nothing that breaks a line. */
import { SluiceError } from '../kernel/index.js';

const nameBytesMax = 255;
const lineBreaking = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const loneSurrogate = /[\ud800-\udfff]/u;

/** Throws `bad-input`, without repeating the name, unless `name` is fit to be stored. */
export function checkName(what: 'user' | 'virtual host' | 'exchange', name: string): void {
  const bytes = Buffer.byteLength(name);
  if (bytes > nameBytesMax) throw bad(what, `is ${bytes} bytes long; ${nameBytesMax} are allowed`);
  if (bytes === 0 && what !== 'exchange') throw bad(what, 'is empty');
  if (loneSurrogate.test(name)) throw bad(what, 'is not well-formed Unicode');
  if (lineBreaking.test(name)) throw bad(what, 'holds a control character');
}

/** `text` with everything that could break out of a line of log or a reply text made visible. */
export function printable(text: string): string {
  return lineBreaking.test(text) ? text.replace(new RegExp(lineBreaking, 'g'), '\ufffd') : text;
}

function bad(what: string, why: string): SluiceError {
  return new SluiceError('bad-input', `${what} name ${why}`);
}
