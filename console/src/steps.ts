/**
 * What each step of the browser's history was like: how far its page was scrolled, and how much of a list was shown.
 * Invariants: going back or forward, and loading anew, come to where the page was, also when its data arrives later, and
 * hold it there until somebody acts; a new page begins at its top.
 */
interface Kept {
  /** Which step this is. */
  readonly step: number;
  /** Pixels from the top. */
  readonly y?: number;
  readonly notes?: Readonly<Record<string, number>>;
}

/** Writes of the history are rationed by browsers. */
const writeMs = 300;
/** As long as an answer may take. */
const holdMs = 20_000;
const acts = ['wheel', 'touchstart', 'pointerdown', 'keydown'] as const;

class Steps {
  #now = 0;
  #newest = 0;
  /** Of the steps of this visit, to the moment. */
  readonly #places = new Map<number, number>();
  #writing: ReturnType<typeof setTimeout> | undefined;
  /** Where the page is held; undefined: it is where it is. */
  #held: number | undefined;
  #release: () => void = () => undefined;

  constructor() {
    history.scrollRestoration = 'manual';
    this.#begin();
    addEventListener('scroll', () => {
      clearTimeout(this.#writing);
      this.#writing = setTimeout(() => {
        this.#write({ y: this.#place });
      }, writeMs);
    });
    addEventListener('pagehide', () => {
      this.#write({ y: this.#place });
    });
  }

  /** The history has moved to another step, and the page still shows the one before. */
  moved(isAnotherPage: boolean): void {
    clearTimeout(this.#writing);
    this.#places.set(this.#now, this.#place);
    const isNew = kept() === undefined;
    this.#release();
    this.#begin();
    if (isNew && isAnotherPage) scrollTo(0, 0);
  }

  /** What has not arrived yet may keep the page from where it is to be. */
  get #place(): number {
    return this.#held ?? scrollY;
  }

  /** Keeps a number with this step. */
  note(name: string, value: number): void {
    this.#write({ notes: { ...kept()?.notes, [name]: value } });
  }

  /** What was kept with this step; undefined: nothing, as of every new one. */
  noted(name: string): number | undefined {
    return kept()?.notes?.[name];
  }

  #begin(): void {
    const found = kept();
    this.#newest = Math.max(this.#newest + 1, Date.now());
    this.#now = found?.step ?? this.#newest;
    if (found === undefined) this.#write({});
    else this.#hold(this.#places.get(found.step) ?? found.y ?? 0);
  }

  #write(change: Partial<Kept>): void {
    history.replaceState({ ...kept(), ...change, step: this.#now }, '');
  }

  /** Whatever arrives makes the page longer: it is scrolled again until somebody acts. */
  #hold(y: number): void {
    this.#held = y;
    // Not left to the end of the page, at which browsers may ignore it.
    this.#write({ y });
    const go = (): void => {
      scrollTo(0, y);
    };
    const watched = new ResizeObserver(go);
    const release = (this.#release = () => {
      this.#held = undefined;
      watched.disconnect();
      clearTimeout(timer);
      for (const act of acts) removeEventListener(act, release);
    });
    const timer = setTimeout(release, holdMs);
    for (const act of acts) addEventListener(act, release, { passive: true });
    watched.observe(document.body);
    go();
  }
}

function kept(): Kept | undefined {
  const state = history.state as Partial<Kept> | null;
  return typeof state?.step === 'number' ? { ...state, step: state.step } : undefined;
}

export const steps = new Steps();
