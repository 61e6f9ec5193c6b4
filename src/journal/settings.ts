/** The journal's sizes with their defaults filled in and checked. */
import { SluiceError } from '../kernel/index.js';
import { payloadBytesMax, type JournalOptions } from './contract.js';
import { recordHeaderBytes, watermarkBytes } from './record-frame.js';
import { pageBytes, segmentHeaderBytes } from './segment-header.js';

const mebibyte = 1024 * 1024;
/** Segments below this exist only in tests; they lower the largest payload to what fits. */
const segmentBytesMin = 16 * 1024;

export interface JournalSettings {
  readonly segmentBytes: number;
  readonly segmentBytesFirst: number;
  readonly appendBlockBytes: number;
  readonly payloadBytesMax: number;
  readonly tailCacheBytes: number;
  readonly blockCacheBytes: number;
  readonly pressureBytes: number;
  readonly freeBytesMin: number;
  readonly reserveBytes: number;
  readonly recycledSegmentsMax: number;
}

const roundUp = (bytes: number, to: number): number => Math.ceil(bytes / to) * to;

/** Completes `options`. Throws `config-invalid` for a size that cannot work. */
export function journalSettings(options: JournalOptions): JournalSettings {
  const segmentBytes = roundUp(options.segmentBytes ?? 64 * mebibyte, pageBytes);
  const segmentBytesFirst = Math.min(
    roundUp(options.segmentBytesFirst ?? 4 * mebibyte, pageBytes),
    segmentBytes,
  );
  if (segmentBytesFirst < segmentBytesMin || segmentBytes >= 2 ** 32) {
    throw new SluiceError('config-invalid', `segments must have between 16 KiB and 4 GiB`, {
      details: { segmentBytes, segmentBytesFirst },
    });
  }
  const fits = segmentBytesFirst - segmentHeaderBytes - recordHeaderBytes - watermarkBytes;
  const largestPayload = Math.min(payloadBytesMax, fits);
  return {
    segmentBytes,
    segmentBytesFirst,
    appendBlockBytes: roundUp(largestPayload + recordHeaderBytes + watermarkBytes, pageBytes),
    payloadBytesMax: largestPayload,
    tailCacheBytes: options.tailCacheBytes ?? 32 * mebibyte,
    blockCacheBytes: options.blockCacheBytes ?? 32 * mebibyte,
    pressureBytes: options.pressureBytes ?? 64 * mebibyte,
    freeBytesMin: options.freeBytesMin ?? 64 * mebibyte,
    reserveBytes: options.reserveBytes ?? 8 * mebibyte,
    recycledSegmentsMax: options.recycledSegmentsMax ?? 4,
  };
}
