import { createReadStream } from 'node:fs';
import iconv from 'iconv-lite';
import type { FileFormat } from './format.ts';

const CHUNK = 1 << 18;

/** Stands for bytes that the encoding does not have. */
export const REPLACEMENT = '\uFFFD';

/** True where a text holds something that no cell may. */
export const isSuspect = (text: string): boolean => text.includes(REPLACEMENT) || text.includes('\0');

/** A piece of a file's text; `bytes` counts what was read up to and with it. */
export interface TextPiece {
  text: string;
  bytes: number;
}

/** Text of a file in pieces, without its byte-order mark. */
export async function* readText(
  path: string,
  encoding: string,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<TextPiece> {
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

/** Text from the line of the header on, its lines ended by \n or \r\n. */
export async function* readTable(path: string, format: FileFormat, limit?: number): AsyncGenerator<TextPiece> {
  const lines = format.newline === undefined || format.newline === '\n' ? undefined : new LineEnds();
  let above = (format.headerLine ?? 1) - 1;
  let read = 0;
  for await (const { text, bytes } of readText(path, format.encoding, limit)) {
    read = bytes;
    let piece = lines ? lines.take(text) : text;
    while (above > 0 && piece !== '') {
      const end = piece.indexOf('\n');
      piece = end === -1 ? '' : piece.slice(end + 1);
      if (end !== -1) above--;
    }
    yield { text: piece, bytes };
  }
  if (lines) yield { text: lines.rest(), bytes: read };
}

/** Turns every line end (\n, \r\n, \r\r\n, a lone \r) into \n, however the text is cut. */
class LineEnds {
  private held = '';

  take(text: string): string {
    const whole = this.held + text;
    const kept = whole.length - (/\r+$/.exec(whole)?.[0].length ?? 0);
    this.held = whole.slice(kept);
    return withLineFeeds(whole.slice(0, kept));
  }

  rest(): string {
    return withLineFeeds(this.held);
  }
}

export const withLineFeeds = (text: string): string => text.replaceAll(/\r*\n|\r/g, '\n');
