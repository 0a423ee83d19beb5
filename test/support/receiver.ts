import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request that a receiver got. */
export interface Received {
  method: string;
  /** With query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface ReceiverAnswer {
  status: number;
  headers?: Record<string, string>;
  /** A text goes out as it is, anything else as JSON. */
  body?: unknown;
}

/** A small HTTP server on loopback that plays somebody's API. */
export interface Receiver {
  url: string;
  port: number;
  /** Every request, whatever became of it. */
  requests: Received[];
  /** Connections there are. */
  open(): number;
  /** What happens instead of the usual answer, until cleared. */
  instead: ((request: Received) => ReceiverAnswer | 'hang' | 'reset' | undefined) | undefined;
  close(): Promise<void>;
}

export async function startReceiver(
  handle: (request: Received) => ReceiverAnswer = () => ({ status: 204 }),
): Promise<Receiver> {
  const sockets = new Set<Socket>();
  const requests: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const received = { method: request.method!, path: request.url!, headers: request.headers, body };
    requests.push(received);
    const answer = receiver.instead?.(received) ?? handle(received);
    if (answer === 'hang') return;
    if (answer === 'reset') return void request.socket.resetAndDestroy();
    const text =
      typeof answer.body === 'string' ? answer.body : answer.body === undefined ? '' : JSON.stringify(answer.body);
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(text);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    open: () => sockets.size,
    instead: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}
