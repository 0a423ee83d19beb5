import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import busboy from 'busboy';
import { type Connection, type Context, Engine } from './engine.ts';
import { asServerError, exception, fieldTooLong, ServerError } from './errors.ts';
import { QueryLog } from './query-log.ts';
import { type Fields, insertFromFile, isStreamable, sortFields } from './statement.ts';

/** The server's defaults: http_max_uri_size and http_max_field_value_size. */
const MAX_URI_BYTES = 1024 * 1024;
const MAX_FIELD_BYTES = 128 * 1024;
const SESSION_SECONDS = 60;

/** ClickHouse's HTTP interface in front of chDB: https://clickhouse.com/docs/interfaces/http */
export class Bridge {
  readonly server: Server;
  private readonly engine: Engine;
  private readonly log = new QueryLog();
  private readonly inbox: string;

  /** @param path folder of the data. One bridge a process: chDB opens one folder only. */
  constructor(path: string) {
    this.engine = new Engine(join(path, 'data'));
    this.inbox = path;
    this.server = createServer({ maxHeaderSize: 4 * MAX_URI_BYTES }, (request, response) => {
      this.answer(request, response).catch((error: unknown) => fail(response, asServerError(error)));
    });
    this.server.keepAliveTimeout = 60_000;
    this.server.requestTimeout = 0;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
    this.engine.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const uri = request.url ?? '/';
    if (uri.length > MAX_URI_BYTES) throw new ServerError(1000, 'URI too long\n', 414);
    const url = new URL(uri, 'http://bridge');
    if (url.pathname === '/ping' || (url.pathname === '/' && request.method === 'GET' && url.search === '')) {
      response.end('Ok.\n');
      return;
    }
    const body = request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request;
    const form = request.headers['content-type']?.startsWith('multipart/form-data')
      ? await readForm(request, body)
      : [];
    const fields = sortFields([...url.searchParams, ...form]);
    if ([...url.searchParams].some(([, value]) => Buffer.byteLength(value) > MAX_FIELD_BYTES)) throw fieldTooLong();
    await this.execute(fields, request, body, response);
  }

  private async execute(
    fields: Fields,
    request: IncomingMessage,
    body: Readable,
    response: ServerResponse,
  ): Promise<void> {
    const head = fields.reserved.get('query') ?? '';
    const id = fields.reserved.get('query_id') || randomUUID();
    const file = join(this.inbox, randomUUID());
    const insert = insertFromFile(head, file);
    if (insert) await pipeline(body, createWriteStream(file));
    const rest = insert || body.readableEnded ? '' : (await buffer(body)).toString();
    const query = [insert ?? head, rest].filter((part) => part.trim() !== '').join('\n');
    if (/^\s*SYSTEM\s+FLUSH\s+LOGS\b/i.test(query)) this.log.flush();
    const settings = new Map(fields.settings);
    if (request.method === 'GET') settings.set('readonly', '2');
    const context = { database: fields.reserved.get('database') ?? 'default', params: fields.params, settings };
    try {
      await this.log.record(id, query, () =>
        this.withConnection(query, fields, context, (connection) =>
          respond(connection, this.log.bind(query), answerOf(fields, request, id), response),
        ),
      );
    } finally {
      if (insert) await rm(file, { force: true });
    }
  }

  private withConnection<T>(
    query: string,
    { reserved }: Fields,
    context: Context,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    const id = reserved.get('session_id');
    if (!id) return this.engine.lend(query, context, work);
    const timeoutSeconds = Number(reserved.get('session_timeout') ?? SESSION_SECONDS);
    return this.engine.inSession({ id, check: reserved.get('session_check') === '1', timeoutSeconds }, context, work);
  }
}

/** Fields of a form have the same limit as those of a URL. Files, which would be external tables, are not read here. */
async function readForm(request: IncomingMessage, body: Readable): Promise<[string, string][]> {
  const fields: [string, string][] = [];
  let problem: Error | undefined;
  const form = busboy({ headers: request.headers, limits: { fieldSize: MAX_FIELD_BYTES + 1, fieldNameSize: 1024 } });
  form.on('field', (name, value, { valueTruncated }) => {
    if (valueTruncated || (name !== 'query' && Buffer.byteLength(value) > MAX_FIELD_BYTES)) problem = fieldTooLong();
    else fields.push([name, value]);
  });
  form.on('file', (_name, file) => {
    problem = exception(48, 'NOT_IMPLEMENTED', 'The bridge reads no external tables');
    file.resume();
  });
  await pipeline(body, form);
  if (problem) throw problem;
  return fields;
}

interface Answer {
  id: string;
  format: string;
  whole: boolean;
  gzip: boolean;
}

function answerOf({ reserved, settings }: Fields, request: IncomingMessage, id: string): Answer {
  return {
    id,
    format: reserved.get('default_format') ?? 'TabSeparated',
    whole: reserved.get('wait_end_of_query') === '1' || settings.get('http_wait_end_of_query') === '1',
    gzip:
      settings.get('enable_http_compression') === '1' && /\bgzip\b/.test(String(request.headers['accept-encoding'])),
  };
}

async function respond(connection: Connection, query: string, answer: Answer, response: ServerResponse): Promise<void> {
  const chunks =
    isStreamable(query) && !answer.whole
      ? parts(connection, query, answer.format)
      : whole(connection, query, answer.format);
  // an error before the first rows is answered with its own status
  const first = await chunks.next();
  const tag = randomUUID().replaceAll('-', '').slice(0, 16);
  response.writeHead(200, {
    'content-type': 'text/plain; charset=UTF-8',
    'x-clickhouse-query-id': answer.id,
    'x-clickhouse-format': answer.format,
    'x-clickhouse-timezone': 'UTC',
    'x-clickhouse-server-display-name': 'bridge',
    'x-clickhouse-exception-tag': tag,
    'x-clickhouse-summary': JSON.stringify({ read_rows: '0', written_rows: '0', elapsed_ns: '0' }),
    ...(answer.gzip ? { 'content-encoding': 'gzip' } : {}),
  });
  const out = answer.gzip ? createGzip() : response;
  if (out !== response) out.pipe(response);
  try {
    if (!first.done) await write(out, response, first.value);
    for await (const chunk of chunks) await write(out, response, chunk);
    out.end();
  } catch (error) {
    if (!response.destroyed) out.end(lateException(asServerError(error).message, tag));
    throw error;
  }
}

async function* parts(connection: Connection, query: string, format: string): AsyncGenerator<Uint8Array> {
  for await (const chunk of connection.stream(query, format)) yield chunk.raw();
}

async function* whole(connection: Connection, query: string, format: string): AsyncGenerator<Uint8Array> {
  yield await connection.run(query, format);
}

async function write(out: Writable, response: ServerResponse, chunk: Uint8Array): Promise<void> {
  if (chunk.length === 0) return;
  if (response.destroyed) throw exception(210, 'NETWORK_ERROR', 'The client has left');
  if (!out.write(chunk)) await Promise.race([once(out, 'drain'), once(response, 'close')]);
}

/** How an error follows rows that were sent: https://clickhouse.com/docs/interfaces/http#http_response_codes_caveats */
const lateException = (message: string, tag: string): string =>
  `\r\n__exception__\r\n${tag}\r\n${message}${Buffer.byteLength(message)} ${tag}\r\n__exception__\r\n`;

function fail(response: ServerResponse, error: ServerError): void {
  if (response.headersSent) return;
  response.writeHead(error.status, {
    'content-type': 'text/plain; charset=UTF-8',
    'x-clickhouse-exception-code': String(error.code),
  });
  response.end(error.message);
}
