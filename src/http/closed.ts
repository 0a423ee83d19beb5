import type { Response } from 'express';

/** A signal that is aborted when the client does not wait for the answer any more. */
export function closedSignal(response: Response): AbortSignal {
  const closed = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) closed.abort(new Error('the client closed the request'));
  });
  return closed.signal;
}
