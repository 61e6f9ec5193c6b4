/** A close that the server sent, of a channel or of the connection. */
import type { Incoming } from './decode.js';

export interface Close {
  readonly code: number;
  readonly text: string;
  readonly classId: number;
  readonly methodId: number;
}

/** The reason within `channel.close` or `connection.close`. */
export function closeOf(incoming: Incoming): Close {
  const { replyCode, replyText, classId, methodId } = incoming.args;
  return {
    code: replyCode as number,
    text: replyText as string,
    classId: classId as number,
    methodId: methodId as number,
  };
}
