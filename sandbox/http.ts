import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { SandboxClock } from './clock.ts';
import type { Fault, FaultBook } from './faults.ts';
import type { Journal, PlatformName } from './journal.ts';

/** A request as a platform sees it. */
export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: string;
  /** The body as it came, and the target of the request line, for platforms that judge either. */
  bytes: Buffer;
  target: string;
}

/** What a platform answers. A string or bytes go out as they are, anything else as JSON. */
export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export type ErrorFault = Extract<Fault, { do: 'error' }>;

export interface HttpPlatform {
  name: PlatformName;
  handle(call: Call): Answer | Promise<Answer>;
  /** The platform's own error envelope for a scripted error. */
  errorAnswer(fault: ErrorFault): Answer;
}

export interface Listening {
  url: string;
  port: number;
  close(): Promise<void>;
}

export interface HttpContext {
  clock: SandboxClock;
  journal: Journal;
  faults: FaultBook;
}

const HTML = '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>';

/** Serves a platform on a loopback port, with its faults, recording every call. */
export async function listen(platform: HttpPlatform, context: HttpContext, port = 0): Promise<Listening> {
  const server = createServer((request, response) => {
    serve(platform, context, request, response).catch((error: Error) => {
      if (response.writable) send(response, { status: 500, body: `sandbox failure: ${error.stack}` });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(platform: HttpPlatform, context: HttpContext, request: IncomingMessage, response: ServerResponse) {
  const call = await readCall(request);
  const target = request.url ?? '/';
  const { method, headers, body } = call;
  const entry = context.journal.record(
    { platform: platform.name, method, path: target, headers, body },
    context.clock.now(),
  );
  const fault = context.faults.take({ method, path: target, body, bytes: body.length });
  entry.fault = fault?.do;
  const applies = !fault || 'milliseconds' in fault || fault.do === 'patch' || fault.do === 'truncate' || fault.apply;
  if (fault?.do === 'slow') await pause(fault.milliseconds);
  const answer = applies ? await platform.handle(call) : { status: 0 };
  entry.status = answer.status;
  respond(platform, response, answer, fault);
  if (response.headersSent) entry.status = response.statusCode;
}

function respond(platform: HttpPlatform, response: ServerResponse, answer: Answer, fault: Fault | undefined): void {
  if (fault?.do === 'hang') return;
  if (fault?.do === 'reset') response.socket?.resetAndDestroy();
  else if (fault?.do === 'truncate') sendHalf(response, answer);
  else send(response, outcome(platform, answer, fault));
}

/** The answer that a fault leaves of the platform's own. */
function outcome(platform: HttpPlatform, answer: Answer, fault: Fault | undefined): Answer {
  switch (fault?.do) {
    case 'status':
      return fault;
    case 'error':
      return platform.errorAnswer(fault);
    case 'html':
      return { status: fault.status ?? 502, body: HTML };
    case 'patch':
      return {
        status: fault.status ?? answer.status,
        body: { ...(answer.body as object), ...fault.body },
        headers: { ...answer.headers, ...fault.headers },
      };
    default:
      return answer;
  }
}

function encode(answer: Answer): { text: string | Buffer; headers: Record<string, string> } {
  if (Buffer.isBuffer(answer.body)) return { text: answer.body, headers: answer.headers ?? {} };
  const raw = typeof answer.body === 'string';
  const text = answer.body === undefined ? '' : raw ? (answer.body as string) : JSON.stringify(answer.body);
  const type = raw ? (text.startsWith('<') ? 'text/html' : 'text/plain') : 'application/json; charset=UTF-8';
  return { text, headers: { 'content-type': type, ...answer.headers } };
}

function send(response: ServerResponse, answer: Answer): void {
  const { text, headers } = encode(answer);
  response.writeHead(answer.status, headers).end(text);
}

function sendHalf(response: ServerResponse, answer: Answer): void {
  const { text, headers } = encode(answer);
  response.writeHead(answer.status, { ...headers, 'content-length': String(Buffer.byteLength(text)) });
  response.write(text.slice(0, Math.ceil(text.length / 2)), () => response.socket?.destroy());
}

async function readCall(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const url = new URL(request.url ?? '/', 'http://sandbox');
  return {
    method: request.method ?? 'GET',
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    headers: flat(request.headers),
    body: (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8'),
    bytes,
    target: request.url ?? '/',
  };
}

function flat(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** The token of an `Authorization: Bearer` header. */
export function bearer(call: Call): string | undefined {
  return /^Bearer (\S+)$/i.exec(call.headers.authorization ?? '')?.[1];
}

/** A JSON object, or undefined for anything else. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
