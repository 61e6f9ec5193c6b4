/** Recorded history from the server, as all that is shown asks for it. */
import { api, Refusal, refusalFrom } from './api.ts';
import { SeriesDesk, type SeriesRequest } from './series-desk.ts';
import { session } from './session.svelte.ts';

const request: SeriesRequest = (series) =>
  api.ask('/v1/series', { method: 'POST', body: { series, brief: true } });

/** What every page asks. Another tab of the browser may have signed in anew: then this one finds out, and asks again. */
export const recorded = new SeriesDesk(
  async (series) => {
    try {
      return await request(series);
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'cross-site')) throw error;
      await session.look();
      return request(series);
    }
  },
  (problem) => refusalFrom(Number(problem['status']), problem),
);
