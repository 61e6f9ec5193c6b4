/** A port of 127.0.0.1 that nothing listens on. */
export function freePort(): Promise<number>;

/** The same, below 32,768: some servers take no other. */
export function freeLowPort(): Promise<number>;

/** Resolves once something accepts connections on `port` of 127.0.0.1; rejects after `timeoutMs`. */
export function accepting(port: number, timeoutMs: number): Promise<void>;
