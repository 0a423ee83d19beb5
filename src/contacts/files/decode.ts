import { createReadStream } from 'node:fs';
import iconv from 'iconv-lite';

const CHUNK = 1 << 18;
/** True where a text holds something that no cell may. */
export const isSuspect = (text: string): boolean => text.includes(REPLACEMENT) || text.includes('\0');

/** Stands for bytes that the encoding does not have. */
export const REPLACEMENT = '\uFFFD';

/** Text of a file in pieces, without its byte-order mark; `bytes` counts what was read up to and with the piece. */
export async function* readText(
  path: string,
  encoding: string,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<{ text: string; bytes: number }> {
  const decoder = iconv.getDecoder(encoding, { stripBOM: true });
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) {
    bytes += (chunk as Buffer).length;
    yield { text: decoder.write(chunk as Buffer), bytes };
    if (bytes >= limit) return;
  }
  const text = decoder.end();
  if (text) yield { text, bytes };
}
