/** An object of a JSON file, and the line on which it starts. */
export interface JsonElement {
  text: string;
  line: number;
}

const LONGEST_ELEMENT = 4_000_000;
/** Stands for the text of an object that is too long to hold. */
export const TOO_LONG = '\0';

/** Cuts text that arrives in pieces into its lines. */
export class JsonLines {
  private rest = '';
  private line = 1;
  private overlong = false;

  push(text: string): JsonElement[] {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop()!;
    const found = lines.map((one) => this.take(one));
    this.overlong ||= this.rest.length > LONGEST_ELEMENT;
    if (this.overlong) this.rest = '';
    return found;
  }

  get unfinished(): JsonElement | undefined {
    return this.overlong || this.rest !== '' ? this.take(this.rest) : undefined;
  }

  private take(text: string): JsonElement {
    const tooLong = this.overlong || text.length > LONGEST_ELEMENT;
    this.overlong = false;
    return { text: tooLong ? TOO_LONG : text, line: this.line++ };
  }
}
const MARKS = /["\\{}[\]\n]/g;

/**
 * Cuts text that arrives in pieces into the objects that it holds: those of one array, or one after another. An
 * object's text is not checked; only its braces and strings are followed.
 */
export class JsonElements {
  private rest = '';
  /** Characters of `rest` that were looked at. */
  private seen = 0;
  private start = -1;
  private depth = 0;
  private inString = false;
  private line = 1;
  private startLine = 1;

  push(text: string): JsonElement[] {
    const buffer = this.rest + text;
    const found: JsonElement[] = [];
    MARKS.lastIndex = this.seen;
    let end = buffer.length;
    for (let match = MARKS.exec(buffer); match; match = MARKS.exec(buffer)) {
      const at = match.index;
      const mark = match[0];
      if (mark === '\n') this.line++;
      else if (mark === '\\') {
        if (at + 1 === buffer.length) {
          end = at;
          break;
        }
        if (this.inString) MARKS.lastIndex = at + 2;
      } else if (mark === '"') this.inString = !this.inString;
      else if (this.inString) continue;
      else if (mark === '{') this.open(at);
      else if (mark === '}' && this.close()) {
        const length = at + 1 - this.start;
        found.push({
          text: length > LONGEST_ELEMENT ? TOO_LONG : buffer.slice(this.start, at + 1),
          line: this.startLine,
        });
        this.start = -1;
      }
    }
    this.keep(buffer, end);
    return found;
  }

  /** Whether the text ended within an object. */
  get unfinished(): JsonElement | undefined {
    return this.depth > 0 ? { text: this.rest, line: this.startLine } : undefined;
  }

  private open(at: number): void {
    if (this.depth++ > 0) return;
    this.start = at;
    this.startLine = this.line;
  }

  /** @returns true at the end of an object that no other holds */
  private close(): boolean {
    if (this.depth === 0) return false;
    return --this.depth === 0;
  }

  private keep(buffer: string, end: number): void {
    const from = this.start === -1 ? end : this.start;
    this.rest = buffer.slice(from);
    this.seen = end - from;
    if (this.start !== -1) this.start = 0;
    if (this.rest.length <= LONGEST_ELEMENT) return;
    // its end is still looked for, its text is let go
    this.rest = '';
    this.seen = 0;
    this.start = -LONGEST_ELEMENT - 1;
  }
}
