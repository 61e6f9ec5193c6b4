/**
 * `sluice demo`: a server of its own with a living load, and scenes that show what Sluice promises, each by a key press
 * or by `--scene`. It ends with 0 when the scene held what it promises.
 */
import { InvalidArgumentError, type Command } from 'commander';
import type { Scene, SceneResult } from '../../demo/index.js';
import { exitCodes } from '../exit-codes.js';
import { readKeys } from '../key-presses.js';
import type { Shell } from '../shell.js';
import { formatTable } from '../table.js';

interface DemoOptions {
  scene?: string;
  pace: number;
  amqp: string;
  http: string;
  load: boolean;
}

type DemoModule = typeof import('../../demo/index.js');
type Demo = Awaited<ReturnType<DemoModule['openDemo']>>;

function paceOf(text: string): number {
  const pace = Number(text);
  if (Number.isFinite(pace) && pace >= 1 && pace <= 20) return pace;
  throw new InvalidArgumentError('It must be a number from 1 to 20.');
}

async function sayResult(shell: Shell, scene: Scene, result: SceneResult): Promise<void> {
  const [first] = result.rows;
  if (first !== undefined) {
    const columns = Object.keys(first).map((title) => ({
      title,
      of: (row: SceneResult['rows'][number]) => row[title],
    }));
    await shell.say('');
    await shell.say((await formatTable(shell.out, columns, result.rows)).trimEnd());
  }
  await shell.say('');
  await shell.say(result.verdict);
  await shell.say(`Formula   ${scene.formula}`);
  await shell.say(`Explained ${scene.docs}`);
  await shell.say(`Again     sluice demo --scene ${scene.name}`);
}

async function playOne(command: Command, shell: Shell, demo: Demo, scene: Scene): Promise<boolean> {
  const isJson = shell.isJson(command);
  if (!isJson) await shell.say(`\n${scene.title}\n`);
  const result = await demo.play(scene, async (line) => {
    if (!isJson) await shell.say(`  ${line}`);
  });
  if (isJson)
    await shell.sayJson({ scene: scene.name, title: scene.title, formula: scene.formula, ...result });
  else await sayResult(shell, scene, result);
  return result.holds;
}

async function sayMenu(shell: Shell, scenes: readonly Scene[], demo: Demo): Promise<void> {
  const { consoleUrl, directory, url } = demo.server;
  await shell.say(
    [
      '',
      'Sluice, shown on a server of its own.',
      `  Console   ${consoleUrl}   (guest, guest)`,
      `  AMQP      ${url}`,
      `  Status    sluice status --data ${directory}`,
      '',
      'Three services are at work: orders, billing, mail. In a minute a sick worker joins billing;',
      'within another minute `sluice status` shows the incident, its cause and the remedy.',
      '',
      ...scenes.map(({ title }, index) => `  ${index + 1}  ${title}`),
      '  s  how the server is: incidents, causes, remedies',
      '  q  end',
    ].join('\n'),
  );
}

async function interact(command: Command, shell: Shell, demo: Demo, scenes: readonly Scene[]): Promise<void> {
  await sayMenu(shell, scenes, demo);
  void demo.sick.then(() => shell.say('\nA sick worker has joined billing. Press s from time to time.'));
  let isPressed = false;
  for await (const key of readKeys(process.stdin)) {
    isPressed = true;
    if (key === 'q') return;
    const scene = scenes[Number(key) - 1];
    if (scene !== undefined) await playOne(command, shell, demo, scene);
    else if (key === 's') await shell.say((await demo.statusText()).trimEnd());
    await shell.say(
      `\n${scenes.map(({ name }, index) => `${index + 1} ${name}`).join('  ')}  s status  q end`,
    );
  }
  if (isPressed || process.stdin.isTTY) return;
  // In the background there are no keys: it is shown by its console, and by commands.
  await shell.say('\nThere is nobody to press keys: this goes on until it is ended (SIGTERM, SIGINT).');
  await new Promise(() => undefined);
}

/** Resolves when somebody asks the process to end. */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
      process.once(name, () => {
        resolve();
      });
  });
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  command
    .option('--scene <name>', 'play one scene and end')
    .option('--pace <factor>', 'how many times faster than told', paceOf, 1)
    .option('--amqp <port>', 'port for AMQP; 0: any free one', '0')
    .option('--http <port>', 'port for HTTP; 0: any free one', '0')
    .option('--no-load', 'without the three services')
    .action(async ({ scene: name, pace, amqp, http, load }: DemoOptions) => {
      const { openDemo, scenes, sceneNamed } = await import('../../demo/index.js');
      const one = name === undefined ? undefined : sceneNamed(name);
      const { data: directory } = command.optsWithGlobals<{ data?: string }>();
      const isLive = load && one === undefined;
      const demo = await openDemo({ directory, amqp, http, pace, isLive });
      const asked = signalled();
      const shown =
        one === undefined ? interact(command, shell, demo, scenes) : playOne(command, shell, demo, one);
      // Nobody reads keys any more when it is asked to end.
      shown.catch(() => undefined);
      try {
        if ((await Promise.race([shown, asked])) === false) shell.exitCode = exitCodes.failure;
      } finally {
        process.stdin.destroy();
        await demo.close();
      }
    });
}
