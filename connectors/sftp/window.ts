import type { SFTPWrapper } from 'ssh2';
import { failure } from './errors.ts';

/** Every server takes messages of this size; larger ones would be cut and sent one after the other. */
export const CHUNK = 32 * 1024;
/** Unanswered bytes on the wire: without it, throughput is one chunk a round trip. */
export const WINDOW = 4 * 1024 * 1024;
/** Bytes read at a time; several are under way, so that the window does not empty between them. */
export const SPAN = 1024 * 1024;

/** Runs work over `total` bytes in pieces of `size`, at most `width` at a time; stops at the first failure. */
export async function inWindow(
  total: number,
  size: number,
  width: number,
  work: (at: number, length: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failed = false;
  const lane = async () => {
    while (next < total && !failed) {
      const at = next;
      next += size;
      await work(at, Math.min(size, total - at)).catch((error) => {
        failed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, Math.ceil(total / size)) }, lane));
}

/** Reads a part of a file, with all of its chunks under way. */
export async function readSpan(sftp: SFTPWrapper, handle: Buffer, start: number, size: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(size);
  await inWindow(size, CHUNK, WINDOW / CHUNK, (at, length) => readFully(sftp, handle, buffer, at, length, start + at));
  return buffer;
}

async function readFully(
  sftp: SFTPWrapper,
  handle: Buffer,
  buffer: Buffer,
  at: number,
  length: number,
  position: number,
) {
  for (let got = 0; got < length; ) {
    got += await new Promise<number>((resolve, reject) => {
      sftp.read(handle, buffer, at + got, length - got, position + got, (error, count) =>
        error ? reject(error) : count > 0 ? resolve(count) : reject(failure('size')),
      );
    });
  }
}
