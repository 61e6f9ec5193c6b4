import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';
import { columnValueMax, readDeltas, readUnsigned, writeDeltas, writeUnsigned } from './column.js';

const unsigned = fc.oneof(
  fc.constant(0),
  fc.nat(200),
  fc.maxSafeNat().map((value) => value % (columnValueMax + 1)),
  fc.constantFrom(127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, columnValueMax),
);
const halves = unsigned.map((value) => Math.floor(value / 2));

function written(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  write(writer);
  return writer.written;
}

describe('a column', () => {
  it('reads back what was written, unsigned and by differences', () => {
    fc.assert(
      fc.property(fc.array(unsigned, { maxLength: 400 }), fc.array(halves), (plain, changing) => {
        const values = Float64Array.from(plain);
        const bytes = written((writer) => {
          writeUnsigned(writer, values, 0, values.length);
        });
        const back = new Float64Array(values.length).fill(NaN);
        readUnsigned(new ByteReader(bytes), back, 0, back.length);
        expect(back).toEqual(values);

        const gauges = Float64Array.from(changing);
        const deltas = written((writer) => {
          writeDeltas(writer, gauges, 0, gauges.length);
        });
        const gaugesBack = new Float64Array(gauges.length).fill(NaN);
        const reader = new ByteReader(deltas);
        readDeltas(reader, gaugesBack, 0, gaugesBack.length);
        expect(gaugesBack).toEqual(gauges);
        expect(reader.isAtEnd).toBe(true);
      }),
    );
  });

  it('takes two bytes for 360 numbers that do not change', () => {
    const bytes = written((writer) => {
      writeUnsigned(writer, new Float64Array(360), 0, 360);
    });
    expect(bytes.length).toBe(2);
  });

  it('refuses arbitrary bytes or gives numbers, and never reads past them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 50 }), (bytes, count) => {
        for (const read of [readUnsigned, readDeltas]) {
          const reader = new ByteReader(bytes);
          try {
            read(reader, new Float64Array(count), 0, count);
          } catch (problem) {
            expect(problem).toHaveProperty('code', 'bad-input');
          }
          expect(reader.position).toBeLessThanOrEqual(bytes.length);
        }
      }),
    );
  });
});
