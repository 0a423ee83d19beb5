import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { Problem } from '../problem.ts';
import { BODY_LIMITS, DEFAULT_LIMITS, refusal } from './body-limits.ts';
import { JsonGauge, type JsonLimits, LimitExceeded } from './json-gauge.ts';

const DECODERS: Record<string, (() => NodeJS.ReadWriteStream & Readable) | undefined> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * Reads JSON bodies. As a guard after the one that authenticates, it reads nothing from callers who may not use the route,
 * and it knows the limits of the route. A body that exceeds a limit is refused before it is parsed.
 */
@Injectable()
export class BodyGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    if (!request.is(['json', '+json'])) return true;
    const targets = [context.getHandler(), context.getClass()];
    const limits = this.reflector.getAllAndOverride<JsonLimits | undefined>(BODY_LIMITS, targets) ?? DEFAULT_LIMITS;
    request.body = parse(await read(request, limits));
    return true;
  }
}

async function read(request: Request, limits: JsonLimits): Promise<Buffer> {
  if (Number(request.get('content-length') ?? 0) > limits.bytes)
    throw refusal(new LimitExceeded('bytes', limits.bytes));
  const gauge = new JsonGauge(limits);
  const chunks: Buffer[] = [];
  const content = decoded(request);
  return new Promise((resolve, reject) => {
    const fail = (problem: Problem) => {
      content.off('data', take);
      request.unpipe();
      if (content !== request) content.destroy();
      // the rest is thrown away as it comes, so that the client gets to read the answer
      request.resume();
      reject(problem);
    };
    const take = (chunk: Buffer) => {
      try {
        gauge.measure(chunk);
        chunks.push(chunk);
      } catch (error) {
        fail(refusal(error as LimitExceeded));
      }
    };
    content.on('data', take);
    content.once('end', () => resolve(Buffer.concat(chunks)));
    content.once('error', () => fail(new Problem(400, 'body_broken', 'The body cannot be decompressed.')));
    request.once('close', () => {
      if (!request.complete) fail(new Problem(499, 'request_closed', 'The client closed the request.'));
    });
  });
}

function decoded(request: Request): Readable {
  const encoding = (request.get('content-encoding') ?? 'identity').toLowerCase();
  if (encoding === 'identity') return request;
  const decoder = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding]?.() : undefined;
  if (!decoder)
    throw new Problem(415, 'unknown_encoding', 'Content-Encoding must be gzip, deflate or br, or be left out.');
  return request.pipe(decoder);
}

/** JSON is UTF-8 (RFC 8259), and every body is an object. */
function parse(body: Buffer): unknown {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new Problem(400, 'not_json', 'The body is not valid JSON in UTF-8.');
  }
  if (typeof value !== 'object' || value === null)
    throw new Problem(400, 'not_an_object', 'The body must be a JSON object.');
  return value;
}
