/**
 * Secrets of receivers: looked up once, and hidden wherever text leaves. Invariant: a value given out by `SecretBook`
 * is `***` in every text that went through `hide`.
 */
import { resolve } from 'node:path';
import { messageOf, readWhole, type Disk } from '../../kernel/index.js';
import { settingProblem } from './setting-problem.js';
import type { SecretSetting } from './settings.js';

const fileBytesMax = 16_384;
/** Shorter ones would hide half of every sentence; they are no secrets. */
const hiddenLengthMin = 4;

export interface SecretSources {
  readonly disk: Disk;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What relative paths are relative to. */
  readonly directory: string;
}

export class SecretBook {
  readonly #sources: SecretSources;
  readonly #values = new Set<string>();

  constructor(sources: SecretSources) {
    this.#sources = sources;
  }

  /** The value of a setting. Rejects with `config-invalid`, naming `what`, and never the value. */
  async open(setting: SecretSetting, what: string): Promise<string> {
    const value =
      typeof setting === 'string' ? this.#fill(setting, what) : await this.#read(setting.file, what);
    this.#remember(value);
    return value;
  }

  /** `text` without any secret. */
  hide(text: string): string {
    let hidden = text;
    for (const value of this.#values) hidden = hidden.replaceAll(value, '***');
    return hidden;
  }

  #remember(value: string): void {
    const forms = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)];
    for (const form of [...forms, ...secretPartsOf(value)]) {
      if (form.length >= hiddenLengthMin) this.#values.add(form);
    }
  }

  #fill(text: string, what: string): string {
    return text.replaceAll(/\$\{([^}]*)\}/g, (_whole, name: string) => {
      const value = Object.hasOwn(this.#sources.environment, name)
        ? this.#sources.environment[name]
        : undefined;
      if (value !== undefined && value !== '') return value;
      throw settingProblem(what, `the environment variable ${name} is not set`);
    });
  }

  async #read(path: string, what: string): Promise<string> {
    try {
      const content = await readWhole(
        this.#sources.disk,
        resolve(this.#sources.directory, path),
        fileBytesMax,
      );
      const value = content.toString('utf8').trim();
      if (value !== '') return value;
    } catch (error) {
      throw settingProblem(what, `${path} cannot be read: ${messageOf(error)}`);
    }
    throw settingProblem(what, `${path} is empty`);
  }
}

/** What in an address is secret by itself: the path and query, in which chat services carry their tokens. */
function secretPartsOf(value: string): string[] {
  if (!URL.canParse(value)) return [];
  const { pathname, search, searchParams, password } = new URL(value);
  const path = pathname.length > 1 ? [pathname + search, pathname] : [];
  return [...path, ...searchParams.values(), password];
}
