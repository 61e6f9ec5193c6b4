/**
 * The fourteen properties of AMQP's basic class, in wire order (0-9-1 specification, class 60).
 *
 *   properties = flags uint16, { value of each property whose flag is set, in this order }
 *
 * Flag bit 0 would announce a second flags word; no property needs one, so a set bit 0 or 1 is malformed.
 */

/** How the value of a property is encoded. */
export type PropertyKind = 'text' | 'octet' | 'timestamp' | 'table';

/** The flag bit of each property. */
export const propertyFlags = {
  contentType: 0x8000,
  contentEncoding: 0x4000,
  headers: 0x2000,
  deliveryMode: 0x1000,
  priority: 0x0800,
  correlationId: 0x0400,
  replyTo: 0x0200,
  expiration: 0x0100,
  messageId: 0x0080,
  timestamp: 0x0040,
  type: 0x0020,
  userId: 0x0010,
  appId: 0x0008,
  clusterId: 0x0004,
} as const;

export type PropertyName = keyof typeof propertyFlags;

/** Flag bits that no message may set. */
export const propertyFlagsReserved = 0x0003;

/** Name, kind and flag of each property, in wire order. */
export const propertyList: readonly { name: PropertyName; kind: PropertyKind; flag: number }[] = (
  Object.keys(propertyFlags) as PropertyName[]
).map((name) => ({ name, kind: kindOf(name), flag: propertyFlags[name] }));

function kindOf(name: PropertyName): PropertyKind {
  if (name === 'headers') return 'table';
  if (name === 'timestamp') return 'timestamp';
  return name === 'deliveryMode' || name === 'priority' ? 'octet' : 'text';
}
