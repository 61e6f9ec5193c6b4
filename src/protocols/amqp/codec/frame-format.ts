/**
 * The constants of framing (specification 2.3.5 and 4.2.3).
 *
 *   frame = type octet, channel uint16, payload bytes uint32, payload, 0xCE
 */

export const frameTypes = { method: 1, header: 2, body: 3, heartbeat: 8 } as const;

/** The octet that ends every frame. */
export const frameEnd = 0xce;
/** Octets before the payload. */
export const frameHeadBytes = 7;
/** Octets of a frame besides its payload. */
export const frameOverheadBytes = 8;
/** The smallest frame-max that a peer may ask for, and the largest frame before tuning in the specification. */
export const frameMaxMin = 4096;
/** Largest frame accepted before sign-in. */
export const frameMaxBeforeSignIn = 8192;
/** Octets of a content header's payload before the properties: class uint16, weight uint16, body bytes uint64. */
export const contentHeadBytes = 12;

/** What a client sends first, and a server answers when it received anything else. */
export const protocolHeader: Buffer = Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1]);

/** A complete heartbeat frame. */
export const heartbeatFrame: Buffer = Buffer.from([frameTypes.heartbeat, 0, 0, 0, 0, 0, 0, frameEnd]);
