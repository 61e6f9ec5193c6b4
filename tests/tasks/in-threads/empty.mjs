/** A file without a handler. */
export const answer = 42;
