/** The languages that texts are said in, and which of them a reader wants. Everything is written in English first. */

/** `zh`: simplified Chinese. */
export type Language = 'en' | 'zh';

export const languages: readonly Language[] = ['en', 'zh'];

/** As HTTP and HTML name it (BCP 47). */
export const languageTags: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-CN' };

const wishesMax = 20;

/**
 * The language that an `Accept-Language` field wants most (RFC 9110, section 12.5.4); English where it wants neither, or
 * is no such field.
 */
export function languageWanted(field: string | undefined): Language {
  let [wanted, most] = ['en' as Language, 0];
  for (const wish of (field ?? '').split(',', wishesMax)) {
    const [range = '', ...parameters] = wish.split(';').map((part) => part.trim().toLowerCase());
    const language = languages.find((each) => range === each || range.startsWith(`${each}-`));
    const weight = weightOf(parameters);
    if (language !== undefined && weight > most) [wanted, most] = [language, weight];
  }
  return wanted;
}

function weightOf(parameters: readonly string[]): number {
  const given = parameters.find((parameter) => parameter.startsWith('q='));
  if (given === undefined) return 1;
  const weight = Number(given.slice(2));
  return weight >= 0 && weight <= 1 ? weight : 0;
}
