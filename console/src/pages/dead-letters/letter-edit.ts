/** What somebody typed into the form of a letter, checked before it is sent. Pure. */
export interface Edit {
  readonly body?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
}

export type Checked =
  | { readonly kind: 'good'; readonly edit: Edit }
  | { readonly kind: 'bad-headers' | 'bad-body'; readonly reason: string };

/** `body`: undefined where it stays. A body that is said to be JSON must be. */
export function checkedEdit(body: string | undefined, headers: string, contentType: unknown): Checked {
  let parsed: unknown;
  try {
    parsed = JSON.parse(headers);
  } catch (error) {
    return { kind: 'bad-headers', reason: wordsOf(error) };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return { kind: 'bad-headers', reason: '{ … }' };
  const edit = { headers: parsed as Readonly<Record<string, unknown>> };
  if (body === undefined) return { kind: 'good', edit };
  if (typeof contentType === 'string' && /[/+]json\b/.test(contentType)) {
    try {
      JSON.parse(body);
    } catch (error) {
      return { kind: 'bad-body', reason: wordsOf(error) };
    }
  }
  return { kind: 'good', edit: { ...edit, body: base64Of(body) } };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** UTF-8 in base64. */
export function base64Of(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** The text of a body; undefined: it is none. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
