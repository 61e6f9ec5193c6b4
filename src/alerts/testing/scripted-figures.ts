/** Figures that a test writes itself, second by second, kept as history keeps them. */
import { FakeClock, SimulatedDisk, seededRandom } from '../../kernel/index.js';
import { catalogue, Monitor, SampleFrame, type Sample, type SampleSource } from '../../monitor/index.js';

/** The figures of one object; series that are left out are unknown. */
export interface ScriptedObject {
  readonly kind: string;
  readonly labels: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

/** Objects at a second; `undefined`: nothing can be measured. */
export type Script = (second: number) => readonly ScriptedObject[] | undefined;

export const scriptStart = 1_800_000_000;

/** A real monitor over a script. */
export class ScriptedFigures implements SampleSource {
  readonly name = 'script';
  readonly clock: FakeClock;
  readonly disk: SimulatedDisk;
  script: Script;

  constructor(script: Script, startSecond = scriptStart) {
    this.script = script;
    this.clock = new FakeClock(startSecond * 1_000);
    this.disk = new SimulatedDisk({ random: seededRandom(1) });
  }

  open(): Promise<Monitor> {
    return Monitor.open({
      ...{ clock: this.clock, disk: this.disk, directory: '/data', sources: [this], history: {} },
      pause: () => Promise.resolve(),
      onProblem: () => undefined,
    });
  }

  *observe(): Generator<Sample, void, undefined> {
    const objects = this.script(Math.floor(this.clock.now() / 1_000)) ?? [];
    for (const { kind, labels, figures } of objects) {
      const frame = new SampleFrame(catalogue.find(({ name }) => name === kind)!);
      for (const [series, value] of Object.entries(figures)) frame.figures[frame.column(series)] = value;
      yield { kind, labels, figures: frame.figures };
    }
  }
}

/** A queue of the embedded engine. */
export function queueAt(queue: string, figures: Readonly<Record<string, number>>): ScriptedObject {
  return { kind: 'queue', labels: ['embedded', '/', queue], figures };
}
