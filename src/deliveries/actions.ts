import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { DestinationError, type ErrorCode } from '../../connectors/errors.ts';

/** What follows from an error: the one place that decides. */
export interface Action {
  /** Tries before giving up, the first included. Waiting for a throttle spends none. */
  tries: number;
  /** What is stopped when it stays: this batch's contacts, this segment, or everything on the connection. */
  stops: 'contacts' | 'segment' | 'connection';
}

export const ACTIONS: Record<ErrorCode, Action> = {
  auth: { tries: 1, stops: 'connection' },
  config: { tries: 1, stops: 'segment' },
  'audience-missing': { tries: 1, stops: 'segment' },
  policy: { tries: 1, stops: 'segment' },
  payload: { tries: 1, stops: 'contacts' },
  throttled: { tries: Number.POSITIVE_INFINITY, stops: 'segment' },
  transient: { tries: 6, stops: 'segment' },
  restart: { tries: 1, stops: 'segment' },
  unknown: { tries: 3, stops: 'segment' },
};

/** Platforms can take a while to know an audience everywhere that was just created. */
const NEW_AUDIENCE: Action = { ...ACTIONS['audience-missing'], tries: 6 };

const MOST_TRIES = 6;
const DEFAULT_WAIT_SECONDS = 30;
/** A longer wait, or more of them one after the other, gives the worker back and comes again as a job. */
export const LONGEST_WAIT_IN_HAND = 20;
const MOST_WAITING_SECONDS = 300;

/** The platform wants us to stay away longer than a worker should sit and wait. */
export class Postponed extends Error {
  constructor(
    readonly seconds: number,
    readonly because = '',
  ) {
    super(`The platform asked us to wait ${Math.ceil(seconds)} s. ${because}`.trim());
    this.name = 'Postponed';
  }
}

/** What stands before the calls of a connection: one throttle keeps all of them back. */
export interface Gate {
  /** Waits while the connection is paused. @throws Postponed when that is too long to sit and wait */
  pass(): Promise<void>;
  /** Pauses the connection. */
  shut(seconds: number, because: string): Promise<void>;
}

export interface AttemptOptions {
  signal: AbortSignal;
  gate?: Gate;
  /** Called before each try. */
  onTry?: () => Promise<void>;
  /** Shortens waits in tests. */
  minSeconds?: number;
  /** Whether the audience that is called was created by the same run. */
  isNewAudience?: boolean;
  /** Throttles that add up to more than this are waited for as a job. */
  mostWaitingSeconds?: number;
}

/**
 * Calls the platform as often as the action table allows, with jittered exponential back-off.
 * @throws the last DestinationError, or Postponed
 */
export async function attempt<T>(
  call: () => Promise<T>,
  { signal, gate, onTry, minSeconds = 1, isNewAudience, mostWaitingSeconds = MOST_WAITING_SECONDS }: AttemptOptions,
): Promise<T> {
  const tryOnce = async () => {
    signal.throwIfAborted();
    await gate?.pass();
    await onTry?.();
    return call();
  };
  const actionOn = (code: ErrorCode) => (isNewAudience && code === 'audience-missing' ? NEW_AUDIENCE : ACTIONS[code]);
  let waited = 0;
  return pRetry(tryOnce, {
    retries: MOST_TRIES - 1,
    minTimeout: minSeconds * 1000,
    maxTimeout: 120_000,
    randomize: true,
    signal,
    shouldConsumeRetry: ({ error }) => !isThrottle(error),
    shouldRetry: ({ error, retriesConsumed }) =>
      error instanceof DestinationError && !signal.aborted && retriesConsumed + 1 < actionOn(error.code).tries,
    onFailedAttempt: async ({ error }) => {
      if (!isThrottle(error)) return;
      const seconds = error.retryAfterSeconds ?? DEFAULT_WAIT_SECONDS;
      waited += seconds;
      const common = gate && error.scope === 'connection';
      if (common) await gate.shut(seconds, error.message);
      if (seconds > LONGEST_WAIT_IN_HAND || waited > mostWaitingSeconds) throw new Postponed(seconds, error.message);
      if (!common) await sleep(seconds * 1000, undefined, { signal }); // else the gate waits
    },
  });
}

const isThrottle = (error: Error): error is DestinationError =>
  error instanceof DestinationError && error.code === 'throttled';
