import { setTimeout as sleep } from 'node:timers/promises';

export type EngineName = 'database' | 'warehouse' | 'jobs';

/** An engine did not answer in time. A request to it may still take effect. */
export class EngineAwayError extends Error {
  constructor(readonly engine: EngineName) {
    super(`the engine for ${engine} does not answer`);
  }
}

/** @throws EngineAwayError when the work takes longer than `ms` */
export async function within<T>(ms: number, engine: EngineName, work: Promise<T>): Promise<T> {
  const ended = new AbortController();
  const late = sleep(ms, undefined, { signal: ended.signal }).then(() => {
    throw new EngineAwayError(engine);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => undefined);
    ended.abort();
  }
}
