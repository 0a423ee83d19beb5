import { createHash } from 'node:crypto';

export type PlatformName = 'facebook' | 'google' | 'googleAds' | 'sftp' | 's3';

/** One call a platform received, whatever became of it. */
export interface RecordedRequest {
  id: number;
  at: string;
  platform: PlatformName;
  method: string;
  /** Path with query for HTTP, RPC path for gRPC, file path for SFTP. */
  path: string;
  headers: Record<string, string>;
  /** The body as text; JSON for gRPC; null once the journal let it go to stay within its limit. */
  body: string | null;
  status?: number | string;
  /** What the fault script did to it. */
  fault?: string;
}

/** Something no platform may ever be sent. Tests assert that there are none. */
export interface Violation {
  platform: PlatformName;
  kind: 'raw-email' | 'raw-value' | 'hash-of-nothing' | 'upper-case-hash' | 'changed-repeat';
  /** Where it was seen, without the value. */
  where: string;
}

const EMAIL = /[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+/i;
const HASH_OF_NOTHING = createHash('sha256').digest('hex');

/** Everything that was received, and everything that should not have been. */
export class Journal {
  readonly requests: RecordedRequest[] = [];
  readonly violations: Violation[] = [];
  /** Bytes of bodies to keep; older bodies are let go first. */
  bodyLimit = 64 * 1024 ** 2;
  private nextId = 1;
  private bodyBytes = 0;
  private firstKept = 0;

  record(request: Omit<RecordedRequest, 'id' | 'at'>, at: Date): RecordedRequest {
    const entry: RecordedRequest = { id: this.nextId++, at: at.toISOString(), ...request };
    this.requests.push(entry);
    this.bodyBytes += entry.body?.length ?? 0;
    while (this.bodyBytes > this.bodyLimit && this.firstKept < this.requests.length) {
      const oldest = this.requests[this.firstKept++]!;
      this.bodyBytes -= oldest.body?.length ?? 0;
      oldest.body = null;
    }
    return entry;
  }

  of(platform: PlatformName): RecordedRequest[] {
    return this.requests.filter((request) => request.platform === platform);
  }

  /** Requests that carry this text in path, headers or body: how a test looks for a raw identifier. */
  containing(text: string): RecordedRequest[] {
    const holds = (value: string | null) => value?.includes(text) === true;
    return this.requests.filter((r) => holds(r.path) || holds(r.body) || Object.values(r.headers).some(holds));
  }

  violation(platform: PlatformName, kind: Violation['kind'], where: string): void {
    this.violations.push({ platform, kind, where });
  }

  /** Looks for what is forbidden anywhere in a text that reached an ad platform. */
  inspect(platform: PlatformName, where: string, text: string): void {
    if (text.includes(HASH_OF_NOTHING)) this.violation(platform, 'hash-of-nothing', where);
    if ((text.includes('@') && EMAIL.test(text)) || (text.includes('%40') && EMAIL.test(text.replaceAll('%40', '@'))))
      this.violation(platform, 'raw-email', where);
  }

  /** Judges a value sent where only a hash belongs. */
  inspectUnhashed(platform: PlatformName, where: string, value: string): void {
    if (/^[0-9A-F]{64}$/i.test(value)) this.violation(platform, 'upper-case-hash', where);
    else if (/^\+?[\d ().-]{7,}$/.test(value) || /^\p{L}[\p{L} '.-]*$/u.test(value))
      this.violation(platform, 'raw-value', where);
  }

  clear(): void {
    this.requests.length = 0;
    this.violations.length = 0;
    this.bodyBytes = 0;
    this.firstKept = 0;
  }
}
