/** `sluice analyze`: the verdict for people and programs, the picture, and bad input. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorkplace, type Workplace } from './sluice.js';

const example = join(import.meta.dirname, '../../examples/tasks.yaml');

let place: Workplace;

beforeAll(async () => {
  place = await makeWorkplace();
});

afterAll(() => place.close());

async function analyzed(document: unknown, ...words: string[]) {
  const path = join(place.folder, 'tasks.json');
  await writeFile(path, typeof document === 'string' ? document : JSON.stringify(document));
  return place.sluice(['analyze', path, ...words]);
}

function task(name: string, cost: number | string, period: number | string, deadline?: number) {
  return { name, cost, period, ...(deadline === undefined ? {} : { deadline }) };
}

describe('sluice analyze', () => {
  it('prints the verdict as JSON and ends with 0', async () => {
    const tasks = [task('a', 1, 4), task('b', 1, 5), task('c', 3, 9), task('d', 3, 18)];
    const { code, stdout, stderr } = await analyzed({ tasks }, '--policy', 'rm', '--preemptive', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      schedulable: true,
      test: 'response-time',
      exact: true,
      tasks: [
        { name: 'a', schedulable: true, responseMax: 1 },
        { name: 'b', schedulable: true, responseMax: 2 },
        { name: 'c', schedulable: true, responseMax: 7 },
        { name: 'd', schedulable: true, responseMax: 18, slack: 0 },
      ],
      inconclusive: null,
      fewestWorkers: 1,
    });
  });

  it('computes exactly in fractions of a millisecond, and answers in milliseconds', async () => {
    const tasks = [task('a', 1, 2.5), task('b', '1ms', '3500us', 3.25), task('c', 1, 3.5, 3.25)];
    const { code, stdout } = await analyzed({ tasks }, '--policy', 'rm', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      schedulable: false,
      tasks: [{}, {}, { name: 'c', schedulable: false, responseMax: 3.5, slack: -0.25 }],
    });
  });

  it('says null where a response has no bound', async () => {
    const { code, stdout } = await analyzed({ tasks: [task('a', 3, 4), task('b', 3, 6)] }, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ tasks: [{ responseMax: null }, { responseMax: null }] });
  });

  it('tells people the verdict, the cause and what would help, and draws the example', async () => {
    const drawn = ['--gantt', 'out.svg'];
    const { code, stdout, stderr } = await place.sluice(['analyze', example, ...drawn]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(
      /^TASK +COST +PERIOD +DEADLINE +RESPONSE +SLACK +COST UP TO +MEETS IT\ncharge +3 ms +10 ms/,
    );
    expect(stdout).toContain(
      '\nNot schedulable (non-preemptive processor demand (QPA), exact).\nOf jobs that arrive',
    );
    expect(stdout).toContain('What would help, each alone:\n  Hold back');
    expect(stdout).not.toContain('\u001b');
    const svg = await readFile(join(place.folder, 'out.svg'), 'utf8');
    expect(svg).toMatch(/^<svg .*role="img"/);
    expect(svg).toContain('class="miss"');
  });

  it('accepts the example when the worker holds back', async () => {
    const { code, stdout } = await place.sluice(['analyze', example, '--hold-back']);
    expect(code).toBe(0);
    expect(stdout).toContain('Schedulable (simulation of hold-back dispatch');
  });

  it('reads standard input, several workers, priorities', async () => {
    const yaml =
      'tasks:\n  - { name: a, cost: 2, period: 10, priority: 1 }\n  - { name: b, cost: 9, period: 10, priority: 2 }\n';
    const words = ['analyze', '-', '--policy', 'fixed', '--workers', '2', '--json'];
    const { code, stdout } = await place.sluice(words, yaml);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schedulable: true, exact: false });
    const partitioned = await place.sluice([...words, '--partitioned'], yaml);
    expect(JSON.parse(partitioned.stdout)).toMatchObject({ test: 'partitioned', partition: [['b'], ['a']] });
  });

  it.each([
    ['no YAML', 'tasks: [', 'tasks.json:1: '],
    ['no mapping', '7', 'must be a mapping'],
    ['an unknown key', { tasks: [{ ...task('a', 1, 4), wcet: 1 }] }, 'tasks[0].wcet: is unknown'],
    ['a bad time', { tasks: [task('a', '1 parsec', 4)] }, 'tasks[0].cost: "1 parsec"'],
    ['a deadline past the period', { tasks: [task('a', 1, 4, 5)] }, 'tasks[0].deadline'],
  ])('ends with 2 for %s', async (_name, document, problem) => {
    const { code, stdout, stderr } = await analyzed(document);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(problem);
  });

  it.each([
    ['no such file', ['none.yaml']],
    ['an unknown policy', [example, '--policy', 'fifo']],
    ['no workers', [example, '--workers', '0']],
    ['hold-back by rate', [example, '--policy', 'rm', '--hold-back']],
    ['fixed without priorities', [example, '--policy', 'fixed']],
    ['a picture that cannot be written', [example, '--gantt', 'no/such/folder.svg']],
  ])('ends with 2 for %s', async (_name, words) => {
    const { code, stdout, stderr } = await place.sluice(['analyze', ...words]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^sluice: /);
  });
});
