/** The most that a JSON text may hold. */
export interface JsonLimits {
  bytes: number;
  /** Levels of nesting. */
  depth: number;
  /** Items of one list. */
  items: number;
  /** Names of one object. */
  names: number;
  /** Objects and lists altogether: validating one costs far more than a value. */
  objects: number;
  /** Values altogether. */
  values: number;
}

/** A JSON text holds more than it may. */
export class LimitExceeded extends Error {
  constructor(
    readonly limit: keyof JsonLimits,
    readonly most: number,
  ) {
    super(`more than ${most} ${limit}`);
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const LIST_OPENS = 0x5b;
const LIST_CLOSES = 0x5d;
const OBJECT_OPENS = 0x7b;
const OBJECT_CLOSES = 0x7d;

/**
 * Counts the bytes, levels, items, names and objects of a JSON text as it arrives, before it is parsed. The text need not
 * be valid: `JSON.parse` finds that later, in a text of bounded size.
 */
export class JsonGauge {
  private bytes = 0;
  private objects = 0;
  private values = 0;
  private inString = false;
  private escaped = false;
  /** Of each open object or list: the members so far, and the most it may have. */
  private readonly members: number[] = [];
  private readonly most: ('items' | 'names')[] = [];

  constructor(private readonly limits: JsonLimits) {}

  /** @throws LimitExceeded at the first byte that is too much */
  measure(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    this.check('bytes', this.bytes);
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (this.inString) this.readString(byte);
      else if (byte === QUOTE) this.inString = true;
      else if (byte === COMMA) this.addMember();
      else if (byte === OBJECT_OPENS) this.enter('names');
      else if (byte === LIST_OPENS) this.enter('items');
      else if (byte === OBJECT_CLOSES || byte === LIST_CLOSES) this.leave();
    }
  }

  private readString(byte: number): void {
    if (this.escaped) this.escaped = false;
    else if (byte === BACKSLASH) this.escaped = true;
    else if (byte === QUOTE) this.inString = false;
  }

  private enter(kind: 'items' | 'names'): void {
    this.check('objects', ++this.objects);
    this.members.push(1);
    this.most.push(kind);
    this.check('depth', this.members.length);
  }

  private leave(): void {
    this.members.pop();
    this.most.pop();
  }

  /** A comma parts two members, so one member more than commas. */
  private addMember(): void {
    this.check('values', ++this.values);
    const top = this.members.length - 1;
    if (top >= 0) this.check(this.most[top]!, ++this.members[top]!);
  }

  private check(limit: keyof JsonLimits, count: number): void {
    if (count > this.limits[limit]) throw new LimitExceeded(limit, this.limits[limit]);
  }
}
