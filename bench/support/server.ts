import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const KEY = 'bench-admin-key-0123456789';

/** The built service as a process of its own, with stores of its own: what a user runs. */
export interface Server {
  url: string;
  dataDir: string;
  api<T>(method: string, path: string, body?: object): Promise<T>;
  /** Largest resident memory so far, in MB (Linux). */
  peakMegabytes(): number;
  /** Measures the peak from now on: the first start of the embedded database takes more memory than its work. */
  resetPeak(): void;
  stop(): Promise<void>;
}

/** @param main path of the built `main.js`; run `npm run build:server` first. */
export async function startServer(
  main: string,
  env: Record<string, string> = {},
  nodeArgs: string[] = [],
): Promise<Server> {
  const dataDir = mkdtempSync(join(tmpdir(), 'reach-bench-'));
  const port = await freePort();
  const settings = {
    PORT: String(port),
    REACH_DATA_DIR: dataDir,
    REACH_ADMIN_KEY: KEY,
    REACH_LOG_LEVEL: 'error',
    ...env,
  };
  const child = spawn(process.execPath, [...nodeArgs, main], {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  const url = `http://127.0.0.1:${port}`;
  await listening(child);
  return {
    url,
    dataDir,
    api: (method, path, body) => call(url, method, path, body),
    peakMegabytes: () =>
      Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024),
    resetPeak: () => writeFileSync(`/proc/${child.pid}/clear_refs`, '5'),
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function call<T>(url: string, method: string, path: string, body?: object): Promise<T> {
  const isForm = body instanceof FormData;
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${KEY}`, ...(body && !isForm ? { 'content-type': 'application/json' } : {}) },
    body: isForm ? body : body && JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}

function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk;
      if (said.includes('listening')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the service ended with ${code}: ${said}`)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}
