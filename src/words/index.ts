/** What the server writes, said in the reader's language: it is written in English, and said again when it is read. */
export { languages, languageTags, languageWanted, type Language } from './language.js';
export { gapsIn, type Phrases } from './phrase.js';
export { PhraseBook } from './phrase-book.js';
export { sayFields } from './say-fields.js';
