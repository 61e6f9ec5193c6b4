/** What was done, said once, where a screen reader hears it. */
class Notices {
  text = $state('');
  isAlert = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  tell(text: string, isAlert = false): void {
    clearTimeout(this.#timer);
    this.text = text;
    this.isAlert = isAlert;
    if (!isAlert) this.#timer = setTimeout(() => (this.text = ''), 8_000);
  }

  clear(): void {
    this.text = '';
  }
}

export const notices = new Notices();
