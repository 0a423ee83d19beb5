import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { runThread } from './training-thread.ts';

const thread = (body: string) =>
  new URL(`data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads'; ${body}`)}`);
const refusal = ({ detail }: { detail: string }) => new Error(detail);

describe('a thread', () => {
  it('leaves no listener at the signal that outlives it, whether it answers or fails', async () => {
    const { signal } = new AbortController();
    const run = (body: string) => runThread<number>(thread(body), undefined, { signal }, refusal);
    expect(await run('parentPort.postMessage({ result: 7 })')).toBe(7);
    await expect(run("parentPort.postMessage({ error: { code: 'no', detail: 'no' } })")).rejects.toThrow('no');
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('ends when the signal aborts', async () => {
    const stop = new AbortController();
    const running = runThread<number>(thread('setInterval(() => {}, 1000)'), undefined, stop, refusal);
    stop.abort();
    await expect(running).rejects.toThrow('the service is stopping');
  });
});
