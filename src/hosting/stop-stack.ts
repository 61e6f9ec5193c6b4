/** What must be undone, in the reverse order of its making; each step is tried even when another failed. */

/** Undoes one step of the start. */
export type StopStep = () => void | Promise<void>;

/** Collects steps as things start. */
export class StopStack {
  readonly #steps: { readonly name: string; readonly stop: StopStep }[] = [];
  readonly #failed: (name: string, error: unknown) => void;
  #unwinding: Promise<void> | undefined;

  constructor(failed: (name: string, error: unknown) => void) {
    this.#failed = failed;
  }

  push(name: string, stop: StopStep): void {
    this.#steps.push({ name, stop });
  }

  /** Never rejects; failures are told. Safe to call twice. */
  unwind(): Promise<void> {
    this.#unwinding ??= this.#unwind();
    return this.#unwinding;
  }

  async #unwind(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step.stop();
      } catch (error) {
        this.#failed(step.name, error);
      }
    }
  }
}
