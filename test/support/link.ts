import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP link to a local port that a test can make slow, dead or short. */
export interface Link {
  port: number;
  /** Connections there are. */
  open(): number;
  /** Nothing passes any more, and nobody is told. */
  goDead(): void;
  /** The next `bytes` towards the server pass, then every connection is reset. */
  cutAfter(bytes: number): void;
  /** Bytes that went towards the server. */
  sent(): number;
  close(): Promise<void>;
}

/** @param roundTripMs delay of each round trip */
export async function startLink(target: number, { roundTripMs = 0 } = {}): Promise<Link> {
  const sockets = new Set<Socket>();
  let dead = false;
  let left = Number.POSITIVE_INFINITY;
  let sent = 0;
  const forward = (from: Socket, to: Socket, count: boolean) => {
    from.on('data', (data) => {
      if (dead) return;
      if (count) {
        sent += data.length;
        left -= data.length;
        if (left < 0) {
          left = Number.POSITIVE_INFINITY;
          for (const socket of sockets) socket.resetAndDestroy();
          return;
        }
      }
      const pass = () => void (to.writable && to.write(data));
      if (roundTripMs > 0) setTimeout(pass, roundTripMs / 2);
      else pass();
    });
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      if (!dead) to.destroy();
    });
  };
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const socket of [near, far]) sockets.add(socket.setNoDelay(true));
    forward(near, far, true);
    forward(far, near, false);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    open: () => sockets.size / 2,
    goDead: () => {
      dead = true;
    },
    cutAfter: (bytes) => {
      left = bytes;
    },
    sent: () => sent,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
