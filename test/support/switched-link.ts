import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP link to a server that a test can switch off and on again, at the same port. */
export class SwitchedLink {
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((near) => this.join(near));
  port = 0;

  constructor(private readonly target: { host: string; port: number }) {}

  async on(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  async off(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private join(near: Socket): void {
    const far = connect(this.target.port, this.target.host);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
    }
  }
}
