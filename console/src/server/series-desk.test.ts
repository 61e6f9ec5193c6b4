import { describe, expect, it } from 'vitest';
import { SeriesDesk, type SeriesAsked } from './series-desk.ts';

class Refused extends Error {
  readonly problem: Readonly<Record<string, unknown>>;

  constructor(problem: Readonly<Record<string, unknown>>) {
    super();
    this.problem = problem;
  }
}

const refused = (problem: Readonly<Record<string, unknown>>): Refused => new Refused(problem);
const given = (toSecond: number) => ({ toSecond, stretches: [] });

function desk(answer: (series: readonly SeriesAsked[]) => readonly object[]) {
  const requests: (readonly SeriesAsked[])[] = [];
  const made = new SeriesDesk((series) => {
    requests.push(series);
    return Promise.resolve({ items: answer(series) as never });
  }, refused);
  return { made, requests };
}

describe('SeriesDesk', () => {
  it('asks once for all that is asked for in one turn, and gives each its own', async () => {
    const { made, requests } = desk((series) => series.map(({ from }) => given(Number(from))));
    const answers = await Promise.all([1, 2, 3].map((from) => made.ask({ series: 'a', from })));
    expect(answers.map(({ toSecond }) => toSecond)).toEqual([1, 2, 3]);
    expect(requests).toHaveLength(1);
    await made.ask({ series: 'b', from: 4 });
    expect(requests).toHaveLength(2);
  });

  it('refuses one without the others', async () => {
    const problem = { status: 403, code: 'access-refused', title: 'Not allowed' };
    const { made } = desk(() => [given(1), { problem }, given(3)]);
    const [first, second, third] = await Promise.allSettled(
      ['a', 'b', 'c'].map((series) => made.ask({ series })),
    );
    expect([first!.status, third!.status]).toEqual(['fulfilled', 'fulfilled']);
    const reason = (second as PromiseRejectedResult).reason as unknown;
    expect(reason).toMatchObject({ problem });
  });

  it('asks for no more at a time than the server takes', async () => {
    const { made, requests } = desk((series) => series.map(() => given(1)));
    await Promise.all(Array.from({ length: 101 }, () => made.ask({ series: 'a' })));
    expect(requests.map(({ length }) => length)).toEqual([100, 1]);
  });

  it('fails all with a server that does not answer, or tells too little', async () => {
    const away = new SeriesDesk(() => Promise.reject(new Error('away')), refused);
    for (const each of await Promise.allSettled([away.ask({ series: 'a' }), away.ask({ series: 'b' })]))
      expect((each as PromiseRejectedResult).reason).toMatchObject({ message: 'away' });
    await expect(desk(() => []).made.ask({ series: 'a' })).rejects.toBeInstanceOf(Refused);
  });
});
