/** Makes the large file: lines of `sensor,reading`, the same ones each time. */
import { open, rename, stat } from 'node:fs/promises';

/** It has its name only once it is whole. */
export async function generate(path, megabytes) {
  const file = await open(`${path}.part`, 'w');
  let state = 1;
  for (let bytes = 0; bytes < megabytes * 1_000_000;) {
    let text = '';
    while (text.length < 65_536) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      text += `sensor-${state >>> 30},${(state >>> 8) % 10_000}\n`;
    }
    bytes += (await file.write(text)).bytesWritten;
  }
  await file.sync();
  await file.close();
  await rename(`${path}.part`, path);
  return stat(path);
}
