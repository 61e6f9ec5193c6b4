/** What is told of whoever had to do with a message. */

export interface PartyFacts {
  /** Who had signed in. */
  readonly user: string;
  /** The connection, as its protocol names it (with both addresses); of an operator where the order came from. */
  readonly connection: string;
  /** What the client calls its connection. */
  readonly clientName?: string;
  /** The channel and tag of a consumer; absent: a publisher, or a `get`. */
  readonly channel?: number;
  readonly consumerTag?: string;
  /** The consumer acknowledges nothing: what is sent to it counts as taken. */
  readonly isAutomatic?: boolean;
  /** An order through the API or the command line, or of a remedy. */
  readonly isOperator?: boolean;
}
