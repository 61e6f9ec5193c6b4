/**
 * Where the engines of other processes attach: AMQP on a Unix socket in the data directory. The socket is opened when
 * the first one asks, through the control socket; whoever may open either is the directory's user, so nobody signs in
 * with a password there.
 */
import { z } from 'zod';
import {
  attachSocketName,
  bindOperation,
  type BoundOperation,
  type DirectoryClaim,
} from '../control/index.js';
import type { AmqpServer } from '../protocols/amqp/index.js';

/** The operation of the control socket that asks for it. */
export const attachOperationName = 'attach';

/** What a process that wants to attach is told. */
export interface AttachAnswer {
  /** The name of the socket in the data directory. */
  readonly socket: string;
}

export class AttachPoint {
  readonly #claim: Pick<DirectoryClaim, 'listen'>;
  readonly #amqp: () => Promise<AmqpServer>;
  #opened: Promise<AttachAnswer> | undefined;

  constructor(claim: Pick<DirectoryClaim, 'listen'>, amqp: () => Promise<AmqpServer>) {
    this.#claim = claim;
    this.#amqp = amqp;
  }

  /** Opens the socket, unless it is open. The AMQP server closes it when it stops. */
  async open(): Promise<AttachAnswer> {
    this.#opened ??= this.#open();
    try {
      return await this.#opened;
    } catch (error) {
      this.#opened = undefined;
      throw error;
    }
  }

  /** The operation by which others ask for it. */
  get operation(): readonly [name: string, operation: BoundOperation] {
    const input = z.strictObject({});
    const run = (): Promise<AttachAnswer> => this.open();
    return [attachOperationName, bindOperation({ input, run }, undefined)];
  }

  async #open(): Promise<AttachAnswer> {
    const amqp = await this.#amqp();
    await this.#claim.listen(attachSocketName, amqp.makeLocalServer());
    return { socket: attachSocketName };
  }
}
