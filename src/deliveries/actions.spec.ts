import { DestinationError, type ErrorCode } from '../../connectors/errors.ts';
import { ACTIONS, attempt, Postponed } from './actions.ts';

const options = () => ({ signal: new AbortController().signal, minSeconds: 0 });

/** A call that fails with the given errors in turn and then succeeds; counts how often it was made. */
function failing(...errors: Error[]) {
  const state = { calls: 0 };
  const call = async () => {
    const error = errors[state.calls++];
    if (error) throw error;
    return 'done';
  };
  return { state, call };
}

describe('attempt', () => {
  it.each(['auth', 'config', 'audience-missing', 'policy', 'payload', 'restart'] as ErrorCode[])(
    'gives up at once on %s',
    async (code) => {
      const { state, call } = failing(new DestinationError(code, 'no'), new DestinationError(code, 'no'));
      await expect(attempt(call, options())).rejects.toMatchObject({ code });
      expect(state.calls).toBe(1);
    },
  );

  it('tries again where an audience is missing that the same run created', async () => {
    const missing = () => new DestinationError('audience-missing', 'no');
    const isNew = { ...options(), isNewAudience: true };
    const { state, call } = failing(missing(), missing());
    await expect(attempt(call, isNew)).resolves.toBe('done');
    expect(state.calls).toBe(3);
    const lasting = failing(...Array.from({ length: 20 }, missing));
    await expect(attempt(lasting.call, isNew)).rejects.toMatchObject({ code: 'audience-missing' });
    expect(lasting.state.calls).toBe(6);
  });

  it.each(['transient', 'unknown'] as ErrorCode[])(
    'tries %s as often as the table says, then fails with it',
    async (code) => {
      const { state, call } = failing(...Array.from({ length: 20 }, () => new DestinationError(code, 'no')));
      await expect(attempt(call, options())).rejects.toMatchObject({ code });
      expect(state.calls).toBe(ACTIONS[code].tries);
    },
  );

  it('gives the worker back when short waits add up', async () => {
    const throttles = Array.from(
      { length: 9 },
      () => new DestinationError('throttled', 'slow', { retryAfterSeconds: 0.01 }),
    );
    const { state, call } = failing(...throttles);
    await expect(attempt(call, { ...options(), mostWaitingSeconds: 0.05 })).rejects.toBeInstanceOf(Postponed);
    expect(state.calls).toBe(6);
  });

  it('waits for a throttle without spending a try', async () => {
    const throttles = Array.from(
      { length: 12 },
      () => new DestinationError('throttled', 'slow', { retryAfterSeconds: 0 }),
    );
    const { state, call } = failing(...throttles);
    await expect(attempt(call, options())).resolves.toBe('done');
    expect(state.calls).toBe(13);
  });

  it('hands the worker back when the platform wants a long pause', async () => {
    const { call } = failing(new DestinationError('throttled', 'slow', { retryAfterSeconds: 3600 }));
    await expect(attempt(call, options())).rejects.toEqual(new Postponed(3600, 'slow'));
  });

  it('shuts the gate for all when the connection is throttled, and waits at it before each call', async () => {
    const seen: string[] = [];
    const gate = {
      pass: async () => void seen.push('pass'),
      shut: async (seconds: number, because: string) => void seen.push(`${because} ${seconds}`),
    };
    const { call } = failing(new DestinationError('throttled', 'slow', { retryAfterSeconds: 5 }));
    await expect(attempt(call, { ...options(), gate })).resolves.toBe('done');
    expect(seen).toEqual(['pass', 'slow 5', 'pass']);
  });

  it('leaves the gate open when only one audience is busy', async () => {
    const gate = { pass: async () => undefined, shut: () => Promise.reject(new Error('shut')) };
    const { call } = failing(new DestinationError('throttled', 'busy', { retryAfterSeconds: 0, scope: 'audience' }));
    await expect(attempt(call, { ...options(), gate })).resolves.toBe('done');
  });

  it('does not repeat what is not the platform’s doing', async () => {
    const { state, call } = failing(new Error('ours'));
    await expect(attempt(call, options())).rejects.toThrow('ours');
    expect(state.calls).toBe(1);
  });

  it('stops when told to', async () => {
    const stop = new AbortController();
    const { state, call } = failing(...Array.from({ length: 20 }, () => new DestinationError('transient', 'no')));
    const calling = attempt(call, { signal: stop.signal, minSeconds: 60 });
    stop.abort(new Error('stopping'));
    await expect(calling).rejects.toThrow();
    expect(state.calls).toBeLessThanOrEqual(1);
  });
});
