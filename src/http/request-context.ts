import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';

/** The request that a piece of work belongs to. */
export interface RequestContext {
  /** The client's `X-Request-Id`, or an id that Reach makes; the answer carries it. */
  requestId: string;
  /** Of the client. */
  address: string;
}

const contexts = new AsyncLocalStorage<RequestContext>();
/** Ids that a client may choose. */
const REQUEST_ID = /^[\w.:-]{1,100}$/;

/** The request that is being answered; undefined in background work. */
export const requestContext = (): RequestContext | undefined => contexts.getStore();

/** Middleware that gives each request its context. */
export function withRequestContext(request: Request, response: Response, next: NextFunction): void {
  const given = request.get('x-request-id') ?? '';
  const requestId = REQUEST_ID.test(given) ? given : randomUUID();
  response.setHeader('X-Request-Id', requestId);
  contexts.run({ requestId, address: request.ip ?? '' }, next);
}
