/** What is written is there, wherever the buffer had to grow. */
import { expect, it } from 'vitest';
import { ByteWriter } from './byte-writer.js';

const parts: readonly (readonly [(writer: ByteWriter) => void, string])[] = [
  [
    (writer) => {
      writer.octet(7);
    },
    '07',
  ],
  [
    (writer) => {
      writer.short(0x0102);
    },
    '0102',
  ],
  [
    (writer) => {
      writer.long(0x01020304);
    },
    '01020304',
  ],
  [
    (writer) => {
      writer.longLong(2 ** 40 + 5);
    },
    '0000010000000005',
  ],
  [
    (writer) => {
      writer.signed(-2);
    },
    'fffffffffffffffe',
  ],
  [
    (writer) => {
      writer.double(1.5);
    },
    '3ff8000000000000',
  ],
  [
    (writer) => {
      writer.raw(Buffer.from('hi'));
    },
    '6869',
  ],
  [
    (writer) => {
      writer.text('\u00e9a');
    },
    'c3a961',
  ],
  [
    (writer) => {
      writer.shortText('ab');
    },
    '026162',
  ],
  [
    (writer) => {
      writer.sized(() => {
        writer.octet(9);
      });
    },
    '0000000109',
  ],
];

it('keeps every part whole, however full the buffer was before it', () => {
  for (const [write, hex] of parts) {
    for (let before = 1_010; before <= 1_024; before++) {
      const writer = new ByteWriter();
      writer.raw(Buffer.alloc(before, 0xaa));
      write(writer);
      expect(writer.bytes.toString('hex'), `${hex} after ${before} bytes`).toBe('aa'.repeat(before) + hex);
    }
  }
});

it('takes back what was written after a mark', () => {
  const writer = new ByteWriter();
  writer.text('kept');
  const { length } = writer;
  writer.raw(Buffer.alloc(5_000));
  writer.truncate(length);
  expect(writer.bytes.toString()).toBe('kept');
});
