import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ADMIN_KEY, type ApiResponse, call } from '../support/http.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MIGRATIONS = 'src/engines/database/migrations';
const BOOT_MS = 180_000;

/** The service as it is installed, compiled into a folder of its own, so that no other build is in the way. */
export function buildService(): { main: string; remove(): void } {
  const cache = join(ROOT, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const out = mkdtempSync(join(cache, 'reach-'));
  const swc = ['node_modules/@swc/cli/bin/swc.js', 'src', 'connectors', 'config'];
  const options = ['--config-file', '.swcrc', '--ignore', '**/*.spec.ts', '--quiet', '--out-dir', out];
  const built = spawnSync(process.execPath, [...swc, ...options], { cwd: ROOT, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`the service cannot be built: ${built.stderr}`);
  writeFileSync(join(out, 'package.json'), '{ "type": "module" }');
  cpSync(join(ROOT, MIGRATIONS), join(out, MIGRATIONS), { recursive: true });
  return { main: join(out, 'src', 'main.js'), remove: () => rmSync(out, { recursive: true, force: true }) };
}

/** The service as a process of its own, at the same address however often it is started. */
export class ServiceProcess {
  private child?: ChildProcess;
  private output = '';

  private readonly main: string;
  private readonly port: number;
  private readonly env: Record<string, string>;

  private constructor(main: string, port: number, env: Record<string, string>) {
    this.main = main;
    this.port = port;
    this.env = env;
  }

  static async at(main: string, env: Record<string, string>): Promise<ServiceProcess> {
    return new ServiceProcess(main, await freePort(), env);
  }

  /** Begins to start; see `ready`. */
  start(dataDir: string): void {
    const { PATH = '', HOME = '' } = process.env;
    this.output = '';
    this.child = spawn(process.execPath, [this.main], {
      env: {
        PATH,
        HOME,
        NODE_COMPILE_CACHE: join(dirname(dirname(this.main)), 'compiled'),
        REACH_LOG_LEVEL: 'error',
        ...this.env,
        PORT: String(this.port),
        REACH_DATA_DIR: dataDir,
        REACH_ADMIN_KEY: ADMIN_KEY,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (text: Buffer) => {
      this.output += text;
    };
    this.child.stdout?.on('data', keep);
    this.child.stderr?.on('data', keep);
  }

  /** What it printed since it was started: its log, and that it listens. */
  get said(): string {
    return this.output;
  }

  async ready(): Promise<void> {
    for (const deadline = Date.now() + BOOT_MS; Date.now() < deadline; await sleep(20)) {
      if (this.child?.exitCode !== null) throw new Error(`the service ended while starting: ${this.output}`);
      const answer = await this.api('GET', '/health').catch(() => undefined);
      if (answer?.status === 200) return;
    }
    throw new Error(`the service did not start: ${this.output}`);
  }

  /** Ends the process as a power cut would: nothing in it gets to know. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  stop(): Promise<void> {
    return this.end('SIGTERM');
  }

  api<T>(method: string, path: string, body?: unknown): Promise<ApiResponse<T>> {
    return call<T>(`http://127.0.0.1:${this.port}`, method, path, body, { connection: 'close' });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
