/** Which calls a fault applies to. An empty match applies to every call of the platform. */
export interface FaultMatch {
  /** HTTP method (`POST`), RPC name (`AddOfflineUserDataJobOperations`) or SFTP operation (`WRITE`). */
  method?: string;
  /** Regular expression on the URL path with query, on the RPC path, or on the SFTP file path. */
  path?: string;
  /** Regular expression on the request body (HTTP and gRPC, as JSON). */
  body?: string;
  /** Begin at the nth matching call, from 1. */
  nth?: number;
  /** Begin once the matching calls have carried more than this many bytes. */
  afterBytes?: number;
}

/**
 * What happens instead of, or after, the normal work. With `apply` the request is carried out first, so that the caller
 * is left in doubt about a request that was accepted.
 */
export type FaultEffect =
  /** Answers with this status (HTTP, gRPC or SFTP code) and body. */
  | { do: 'status'; status: number; body?: unknown; headers?: Record<string, string>; apply?: boolean }
  /** Answers with the platform's own error envelope. */
  | {
      do: 'error';
      code: number | string;
      subcode?: number;
      message?: string;
      status?: number;
      transient?: boolean;
      headers?: Record<string, string>;
      apply?: boolean;
    }
  /** Answers with an HTML page, as a proxy in between would. Status 502 unless given. */
  | { do: 'html'; status?: number; apply?: boolean }
  /** Cuts the connection. */
  | { do: 'reset'; apply?: boolean }
  /** Never answers; the connection stays open. */
  | { do: 'hang'; apply?: boolean }
  /** Works as usual after a pause. */
  | { do: 'slow'; milliseconds: number }
  /** Works as usual but sends half of the answer and cuts the connection. */
  | { do: 'truncate' }
  /** Works as usual, then merges these members into the JSON answer. */
  | { do: 'patch'; body?: Record<string, unknown>; headers?: Record<string, string>; status?: number };

/** A scripted fault. It applies `times` times (default 1), or until cleared. */
export type Fault = FaultEffect & { match?: FaultMatch; times?: number | 'always' };

/** What a call looks like to the matcher. */
export interface FaultSubject {
  method: string;
  path: string;
  body?: string;
  bytes?: number;
}

interface Armed {
  fault: Fault;
  seen: number;
  bytes: number;
  used: number;
}

/** An ordered list of faults; the first that matches a call wins it. */
export class FaultBook {
  private armed: Armed[] = [];

  add(...faults: Fault[]): void {
    for (const fault of faults) this.armed.push({ fault, seen: 0, bytes: 0, used: 0 });
  }

  clear(): void {
    this.armed = [];
  }

  /** Faults that can still happen, with how often each was used. */
  list(): { fault: Fault; used: number }[] {
    return this.armed.filter((entry) => !spent(entry)).map(({ fault, used }) => ({ fault, used }));
  }

  /** The fault that this call meets, if any; counts the call for every rule that matches it. */
  take(subject: FaultSubject): Fault | undefined {
    let taken: Fault | undefined;
    for (const entry of this.armed) {
      if (spent(entry) || !matches(entry.fault.match ?? {}, subject)) continue;
      entry.seen += 1;
      entry.bytes += subject.bytes ?? 0;
      if (taken || !begun(entry)) continue;
      entry.used += 1;
      taken = entry.fault;
    }
    return taken;
  }
}

function spent({ fault, used }: Armed): boolean {
  return fault.times !== 'always' && used >= (fault.times ?? 1);
}

function begun({ fault, seen, bytes }: Armed): boolean {
  const { nth = 1, afterBytes } = fault.match ?? {};
  return seen >= nth && (afterBytes === undefined || bytes > afterBytes);
}

function matches(match: FaultMatch, subject: FaultSubject): boolean {
  return (
    (match.method === undefined || match.method.toUpperCase() === subject.method.toUpperCase()) &&
    (match.path === undefined || new RegExp(match.path).test(subject.path)) &&
    (match.body === undefined || new RegExp(match.body).test(subject.body ?? ''))
  );
}
