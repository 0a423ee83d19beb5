import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One call that a fake platform received. */
export interface Received {
  id: number;
  method: string;
  path: string;
  body: string | null;
}

/** The sandbox as a process of its own, so that it does not share the processor time of what is measured. */
export interface SandboxProcess {
  settings: Record<string, string>;
  credentials: Record<'facebook' | 'google' | 'googleAds' | 'sftp', Record<string, string>>;
  /** Where files that were uploaded by SFTP lie. */
  files: string;
  /** Calls of one platform since its last reset, oldest first. */
  received(platform: string): Promise<Received[]>;
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export async function startSandboxProcess(port = 14_400): Promise<SandboxProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'reach-sandbox-'));
  const serve = fileURLToPath(new URL('../../sandbox/serve.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--experimental-transform-types', '--no-warnings', serve, '--port', String(port), '--data', folder],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the sandbox ended with ${code}`))),
  ]);
  const control = async <T>(path: string, method = 'GET'): Promise<T> => {
    // Between two calls the server would close a kept connection unseen, while members are encoded.
    const headers = { connection: 'close' };
    const response = await fetch(`http://127.0.0.1:${port}/_sandbox${path}`, { method, headers });
    return (await response.json()) as T;
  };
  const { settings, credentials } = await control<Pick<SandboxProcess, 'settings' | 'credentials'>>('');
  return {
    settings,
    credentials,
    files: join(folder, 'sftp'),
    received: (platform) => control(`/requests?platform=${platform}`),
    reset: async () => void (await control('/reset', 'POST')),
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
