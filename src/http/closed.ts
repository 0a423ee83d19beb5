import type { Response } from 'express';
import { Problem } from './problem.ts';

/** A signal that is aborted when the client does not wait for the answer any more. */
export function closedSignal(response: Response): AbortSignal {
  const closed = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) closed.abort(new Problem(499, 'request_closed', 'The client closed the request.'));
  });
  return closed.signal;
}
