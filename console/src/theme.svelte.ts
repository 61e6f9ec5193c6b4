/** Light, dark, or as the system has it. */
import { keep, kept } from './kept.ts';

const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

class ThemeChoice {
  now = $state<Theme>(kept('theme', themes) ?? 'system');

  next(): void {
    this.choose(themes[(themes.indexOf(this.now) + 1) % themes.length]!);
  }

  choose(theme: Theme): void {
    this.now = theme;
    keep('theme', this.now);
    this.show();
  }

  show(): void {
    if (this.now === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = this.now;
  }
}

export const theme = new ThemeChoice();
theme.show();
