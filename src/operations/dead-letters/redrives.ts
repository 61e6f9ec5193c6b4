/**
 * The redrives of a server: those on their way, and the last that ended. Invariant: one queue of dead letters has one
 * redrive at a time, so that nobody's second press runs beside the first.
 */
import type { Broker, Operator } from '../../broker/index.js';
import { SluiceError, type Clock, type Random } from '../../kernel/index.js';
import { objectionsTo, planRedrive } from './redrive-plan.js';
import { RedriveRecords, slots } from './redrive-records.js';
import {
  forbidding,
  isFiltered,
  type RedriveJob,
  type RedrivePlan,
  type RedriveRequest,
} from './redrive-request.js';
import { RedriveRun } from './redrive-run.js';

const runningMax = 8;

export interface RedriveParts {
  readonly broker: Broker;
  readonly clock: Clock;
  readonly random: Random;
  /** Told of the end of each, however it ended. */
  readonly ended?: (job: RedriveJob, by: Operator) => void;
}

type Slot = RedriveRun | RedriveJob | undefined;

export class Redrives {
  readonly #parts: RedriveParts;
  readonly #hosts = new Map<string, Promise<Slot[]>>();
  readonly #running = new Set<RedriveRun>();
  readonly #ends = new Map<string, Promise<RedriveJob>>();
  readonly #listeners = new Set<(job: RedriveJob) => void>();
  #sentByEnded = 0;
  #isClosed = false;

  constructor(parts: RedriveParts) {
    this.#parts = parts;
  }

  /** Letters that were sent back since the process began. */
  get sent(): number {
    return [...this.#running].reduce((sum, { job }) => sum + job.sent, this.#sentByEnded);
  }

  /** What it would do; nothing is changed. Throws as `start` does of the queues. */
  plan(request: RedriveRequest, signal?: AbortSignal): Promise<RedrivePlan> {
    this.#check(request);
    return planRedrive(this.#parts, request, signal);
  }

  /** As `plan`, with the positions of the letters that would go. */
  async planned(request: RedriveRequest): Promise<RedrivePlan & { readonly positions: readonly number[] }> {
    this.#check(request);
    const positions: number[] = [];
    const plan = await planRedrive(this.#parts, request, undefined, ({ position }) =>
      positions.push(position),
    );
    return { ...plan, positions };
  }

  /** Resolves when a redrive has ended, however; one that ended before, or is not known, as `show` does. */
  async finished(id: string): Promise<RedriveJob> {
    return (await this.#ends.get(id)) ?? this.show(id);
  }

  /**
   * Begins a redrive; resolves once that is durable.
   *
   * @throws SluiceError `not-found`, `bad-input`, `precondition-failed` for the queues; `refused` while another redrive
   * empties the queue, or publishers are blocked; `limit-reached` with too many on their way.
   */
  async start(request: RedriveRequest, operator: Operator): Promise<RedriveJob> {
    this.#check(request);
    this.#requireTurn(request);
    const { broker, clock } = this.#parts;
    const { vhost } = request;
    const records = new RedriveRecords(broker, vhost);
    const places = await this.#placesOf(vhost);
    this.#requireTurn(request);
    const slot = placeFor(places);
    const job = this.#newJob(request, operator);
    const news = (told: RedriveJob): void => {
      for (const listener of this.#listeners) listener(told);
    };
    const run = new RedriveRun(job, request, { broker, clock, records, slot, operator, news });
    places[slot] = run;
    this.#running.add(run);
    try {
      await records.keep(slot, job);
    } catch (error) {
      this.#running.delete(run);
      places[slot] = undefined;
      throw error;
    }
    const end = run.run().then(() => {
      this.#running.delete(run);
      this.#ends.delete(job.id);
      this.#sentByEnded += run.job.sent;
      places[slot] = run.job;
      this.#parts.ended?.(run.job, operator);
      return run.job;
    });
    this.#ends.set(job.id, end);
    return job;
  }

  /** Newest first. Throws `not-found` for the virtual host. */
  async list(vhost?: string): Promise<readonly RedriveJob[]> {
    const hosts = vhost === undefined ? this.#parts.broker.administration.listVirtualHosts() : [vhost];
    const jobs: RedriveJob[] = [];
    for (const host of hosts) jobs.push(...(await this.#placesOf(host)).map(jobOf).filter((job) => !!job));
    return jobs.sort((a, b) => b.startedMs - a.startedMs);
  }

  /** Throws `not-found`. */
  async show(id: string): Promise<RedriveJob> {
    const job = (await this.list()).find((each) => each.id === id);
    if (job === undefined) throw new SluiceError('not-found', `there is no redrive '${id}'`);
    return job;
  }

  /** Stops a redrive; what it has sent stays sent. False: it has ended. Throws `not-found`. */
  async cancel(id: string): Promise<boolean> {
    const run = [...this.#running].find(({ job }) => job.id === id);
    if (run === undefined) {
      await this.show(id);
      return false;
    }
    run.cancel();
    return true;
  }

  /** Calls `listener` with how each redrive is, some times a second, and with its end; gives the function that ends it. */
  onNews(listener: (job: RedriveJob) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Begins nothing more and stops what runs. */
  close(): void {
    this.#isClosed = true;
    for (const run of this.#running) run.cancel();
  }

  #check(request: RedriveRequest): void {
    const { vhost, queue, to, edit, positions } = request;
    this.#parts.broker.administration.describeQueue(vhost, queue);
    if (edit !== undefined && positions?.length !== 1)
      throw new SluiceError('bad-input', 'one letter at a time is edited: name its position');
    if (to === undefined) return;
    const against = objectionsTo(this.#parts.broker, request, to).find((each) => forbidding.has(each));
    if (against === 'missing') throw new SluiceError('not-found', `no queue '${to}' in vhost '${vhost}'`);
    if (against === 'same-queue') throw new SluiceError('bad-input', `'${to}' is where the letters are`);
    if (against === 'not-durable')
      throw new SluiceError('precondition-failed', `'${to}' is not durable: a restart would lose them`);
  }

  #requireTurn({ vhost, queue }: RedriveRequest): void {
    const retryable = { retryable: true };
    const { alarms } = this.#parts.broker;
    if (this.#isClosed) throw new SluiceError('closed', 'the server stops');
    if (alarms.size > 0)
      throw new SluiceError('refused', `publishers are blocked: ${[...alarms].join(', ')}`, retryable);
    const other = [...this.#running].find(({ job }) => job.vhost === vhost && job.queue === queue);
    if (other !== undefined)
      throw new SluiceError('refused', `the redrive ${other.job.id} of '${queue}' is on its way`, retryable);
    if (this.#running.size >= runningMax)
      throw new SluiceError('limit-reached', `${runningMax} redrives are on their way`, retryable);
  }

  #newJob(request: RedriveRequest, { user }: Operator): RedriveJob {
    const { clock, random, broker } = this.#parts;
    const { vhost, queue, group, positions, to, ratePerSecond, guard, edit } = request;
    const { ready, delayed, gated, held } = broker.administration.describeQueue(vhost, queue);
    const all = ready + delayed + gated + held;
    const total = positions?.length ?? (isFiltered(request) ? undefined : all);
    return {
      ...{ id: random.bytes(9).toString('base64url'), vhost, queue, state: 'running', by: user },
      ...{ startedMs: clock.now(), guard, isEdited: edit !== undefined },
      ...(group === undefined ? {} : { group }),
      ...(positions === undefined ? {} : { named: positions.length }),
      ...(to === undefined ? {} : { to }),
      ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
      ...(total === undefined ? {} : { total }),
      ...{ sent: 0, targets: {}, duplicates: 0, homeless: 0, missed: 0 },
    };
  }

  /** One that was on its way when the server ended is on its way no longer. */
  #placesOf(vhost: string): Promise<Slot[]> {
    let places = this.#hosts.get(vhost);
    if (places === undefined) {
      places = new RedriveRecords(this.#parts.broker, vhost)
        .load()
        .then((jobs) => jobs.map((job) => (job?.state === 'running' ? interrupted(job) : job)));
      this.#hosts.set(vhost, places);
      places.catch(() => this.#hosts.delete(vhost));
    }
    return places;
  }
}

function interrupted(job: RedriveJob): RedriveJob {
  return { ...job, state: 'stopped', problem: 'the server ended while it was on its way' };
}

function jobOf(place: Slot): RedriveJob | undefined {
  return place instanceof RedriveRun ? place.job : place;
}

/** An empty place, or that of the oldest which has ended. */
function placeFor(places: readonly Slot[]): number {
  const empty = places.indexOf(undefined);
  if (empty >= 0) return empty;
  let [oldest, sinceMs] = [0, Infinity];
  for (let slot = 0; slot < slots; slot++) {
    const place = places[slot];
    if (place === undefined || place instanceof RedriveRun || place.startedMs >= sinceMs) continue;
    [oldest, sinceMs] = [slot, place.startedMs];
  }
  return oldest;
}
