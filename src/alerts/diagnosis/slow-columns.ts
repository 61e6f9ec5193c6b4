/** What is kept of a figure beyond two minutes: the means of minutes, and of the hours of earlier days. NaN: unknown. */
import { coarsePoints, coarseSeconds, stepSeconds } from './steps.js';

/** The means of minutes. */
export class CoarseColumn {
  readonly #points = new Float64Array(coarsePoints).fill(NaN);
  #minute = -Infinity;
  #sum = 0;
  #count = 0;

  take(step: number, value: number): void {
    const minute = Math.floor((step * stepSeconds) / coarseSeconds);
    if (minute !== this.#minute) this.#close(minute);
    if (Number.isNaN(value)) return;
    this.#sum += value;
    this.#count++;
  }

  #close(minute: number): void {
    if (Number.isFinite(this.#minute)) {
      this.#points[this.#minute % coarsePoints] = this.#count > 0 ? this.#sum / this.#count : NaN;
      const skipped = Math.min(minute - this.#minute - 1, coarsePoints);
      for (let each = 1; each <= skipped; each++) this.#points[(this.#minute + each) % coarsePoints] = NaN;
    }
    this.#minute = minute;
    this.#sum = 0;
    this.#count = 0;
  }

  /** The means of the last whole minutes, oldest first; `into` has room for them. */
  read(minutes: number, into: number[]): void {
    for (let back = Math.min(minutes, coarsePoints); back >= 1; back--) {
      const minute = this.#minute - back;
      into.push(Number.isFinite(minute) && minute >= 0 ? this.#points[minute % coarsePoints]! : NaN);
    }
  }
}

/** What is usual at each hour of the day (UTC), by earlier days alone; the newest day counts for 30 %. */
export class HourProfile {
  readonly #hours = new Float32Array(24).fill(NaN);
  #hour = -1;
  #sum = 0;
  #count = 0;

  take(step: number, value: number): void {
    const hour = hourOf(step);
    if (hour !== this.#hour) this.#close(hour);
    this.#sum += value;
    this.#count++;
  }

  #close(hour: number): void {
    if (this.#count > 0) {
      const before = this.#hours[this.#hour]!;
      const mean = this.#sum / this.#count;
      this.#hours[this.#hour] = Number.isNaN(before) ? mean : before + 0.3 * (mean - before);
    }
    this.#hour = hour;
    this.#sum = 0;
    this.#count = 0;
  }

  usual(step: number): number {
    return this.#hours[hourOf(step)]!;
  }
}

function hourOf(step: number): number {
  return Math.floor((step * stepSeconds) / 3_600) % 24;
}
