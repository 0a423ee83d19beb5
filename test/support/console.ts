import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';

export const KEY = 'console-test-key-0123456789';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const SWITCHES = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The built service beside fake platforms, in a browser that forgives nothing. */
export interface ConsoleUnderTest {
  url: string;
  folder: string;
  page: Page;
  sandbox: Sandbox;
  /** Console errors, refused scripts or styles, failed requests: what no visitor may meet. */
  faults: string[];
  /** Runs a step in which the service refuses something on purpose. */
  forgiving(step: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** @throws Error when the service was not built, or does not come up */
export async function startConsole(): Promise<ConsoleUnderTest> {
  for (const built of ['dist/src/main.js', 'dist/console/index.html']) {
    if (!existsSync(built)) throw new Error(`${built} is not there. Build first: npm run build`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'reach-console-'));
  const sandbox = await startSandbox();
  const url = `http://127.0.0.1:${await freePort()}`;
  const service = startService(url, folder, sandbox);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: SWITCHES });
  const close = async () => {
    await browser.close();
    await stopped(service);
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answering(url, service);
    return { url, folder, sandbox, close, ...(await strictPage(browser, url)) };
  } catch (error) {
    await close();
    throw error;
  }
}

function startService(url: string, folder: string, sandbox: Sandbox): ChildProcess {
  const { port, hostname } = new URL(url);
  return spawn(process.execPath, ['dist/src/main.js'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      HOST: hostname,
      PORT: port,
      REACH_DATA_DIR: join(folder, 'data'),
      REACH_ADMIN_KEY: KEY,
      REACH_LOG_LEVEL: 'error',
      ...sandbox.settings(),
    },
  });
}

async function strictPage(browser: Browser, url: string) {
  const faults: string[] = [];
  let forgiven = false;
  const note = (fault: string) => {
    if (!forgiven) faults.push(fault);
  };
  const page = await browser.newPage({ baseURL: url, viewport: { width: 1440, height: 900 }, acceptDownloads: true });
  page.setDefaultTimeout(60_000);
  page.on('pageerror', (error) => note(`error on the page: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') note(`console: ${message.text()}`);
  });
  page.on('requestfailed', (request) => {
    // a page that is left stops its questions
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') note(`failed: ${request.method()} ${request.url()}`);
  });
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== url && protocol.startsWith('http')) note(`a request left the house: ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) note(`${response.status()}: ${response.request().method()} ${response.url()}`);
  });
  const forgiving = async (step: () => Promise<void>) => {
    forgiven = true;
    try {
      await step();
    } finally {
      forgiven = false;
    }
  };
  return { page, faults, forgiving };
}

async function answering(url: string, service: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 240; tries++) {
    if (service.exitCode !== null) throw new Error('the service stopped before it answered');
    const ok = await fetch(`${url}/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error('the service does not answer');
}

async function stopped(service: ChildProcess): Promise<void> {
  if (service.exitCode !== null) return;
  const exit = new Promise((resolve) => service.once('exit', resolve));
  const force = setTimeout(() => service.kill('SIGKILL'), 15_000);
  service.kill('SIGTERM');
  await exit;
  clearTimeout(force);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
