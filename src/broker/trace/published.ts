/** What a publish record says, but for the body, copied out of the journal's buffer. */
import type { RecordView } from '../../journal/index.js';
import type { PartyFacts } from '../custody/party-facts.js';
import { decodeProperties, decodeText } from '../content/index.js';
import { newEntry } from '../new-entry.js';
import { EntryState } from '../page.js';
import {
  newPublishHead,
  publishHeadBytes,
  PublishFlag,
  publisherOffset,
  readPublishHead,
  readRoute,
} from '../publish-record.js';
import type { KnownParties } from './known-parties.js';

export interface PublishedRoute {
  readonly queueNumber: number;
  readonly position: number;
  readonly priority: number;
  readonly expiresMs?: number;
  readonly dueMs?: number;
  readonly isHeld?: boolean;
}

export interface Published {
  readonly sequence: number;
  readonly arrivalMs: number;
  readonly isDied: boolean;
  readonly exchange: string;
  readonly routingKey: string;
  readonly bodyBytes: number;
  readonly messageId: string | undefined;
  readonly userId: string | undefined;
  readonly appId: string | undefined;
  readonly by: PartyFacts | undefined;
  readonly routes: readonly PublishedRoute[];
}

export function readPublished(record: RecordView, view: DataView, parties: KnownParties): Published {
  const { buffer, start, end, sequence } = record;
  const head = newPublishHead();
  readPublishHead(view, start, head);
  const names = start + publishHeadBytes(head.routes, head.flags);
  const exchangeEnd = names + 1 + buffer[names]!;
  const properties = names + head.namesLength;
  const { messageId, userId, appId } = decodeProperties(
    buffer,
    properties,
    properties + head.propertiesLength,
  );
  return {
    ...{ sequence, arrivalMs: head.arrivalMs, isDied: (head.flags & PublishFlag.died) !== 0 },
    exchange: decodeText(buffer, names + 1, exchangeEnd),
    routingKey: decodeText(buffer, exchangeEnd + 1, properties),
    ...{ bodyBytes: head.bodyLength, messageId, userId, appId },
    by: parties.at(publisherOffset(view, start, end)),
    routes: Array.from({ length: head.routes }, (_, index) => routeAt(view, start, index, head.flags)),
  };
}

function routeAt(view: DataView, start: number, index: number, flags: number): PublishedRoute {
  const entry = newEntry();
  const queueNumber = readRoute(view, start, index, flags, entry);
  const { position, priority, expiryMs, dueMs, state } = entry;
  return {
    ...{ queueNumber, position, priority },
    ...(expiryMs === 0 ? {} : { expiresMs: expiryMs }),
    ...(dueMs > 0 ? { dueMs } : {}),
    ...(state === EntryState.held ? { isHeld: true } : {}),
  };
}
