/** A file that cannot be loaded. */
throw new TypeError('no luck today');
