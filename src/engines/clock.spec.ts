import { jest } from '@jest/globals';
import { Clock, type Recurring } from './clock.ts';

const MINUTE = 60_000;

describe('recurring work', () => {
  let recurring: Recurring;
  beforeEach(() => jest.useFakeTimers());
  afterEach(async () => {
    await recurring.stop();
    jest.useRealTimers();
  });

  it('is done once in every interval, for the first time after one', async () => {
    const work = jest.fn(async () => {});
    recurring = new Clock().every(MINUTE, work, fail);
    await jest.advanceTimersByTimeAsync(MINUTE - 1);
    expect(work).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(2 * MINUTE);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('goes on after a round that failed, which it reports', async () => {
    const failed = jest.fn();
    recurring = new Clock().every(MINUTE, () => Promise.reject(new Error('store is away')), failed);
    await jest.advanceTimersByTimeAsync(2 * MINUTE);
    expect(failed.mock.calls).toEqual([[new Error('store is away')], [new Error('store is away')]]);
  });

  it('does not begin a round before the one under way has ended', async () => {
    let end = () => {};
    const work = jest.fn(() => new Promise<void>((resolve) => (end = resolve)));
    recurring = new Clock().every(MINUTE, work, fail);
    await jest.advanceTimersByTimeAsync(3 * MINUTE);
    expect(work).toHaveBeenCalledTimes(1);
    end();
    await jest.advanceTimersByTimeAsync(MINUTE);
    expect(work).toHaveBeenCalledTimes(2);
    end();
  });

  it('begins no round after it was stopped, which waits for the round under way', async () => {
    let end = () => {};
    const work = jest.fn(() => new Promise<void>((resolve) => (end = resolve)));
    recurring = new Clock().every(MINUTE, work, fail);
    await jest.advanceTimersByTimeAsync(MINUTE);
    let stopped = false;
    const stopping = recurring.stop().then(() => {
      stopped = true;
    });
    await jest.advanceTimersByTimeAsync(3 * MINUTE);
    expect(stopped).toBe(false);
    end();
    await stopping;
    await recurring.run();
    expect(work).toHaveBeenCalledTimes(1);
  });
});

function fail(error: unknown): void {
  throw error;
}
