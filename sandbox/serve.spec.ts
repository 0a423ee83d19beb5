import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

const folder = mkdtempSync(join(tmpdir(), 'reach-sandbox-spec-'));
const running: ChildProcess[] = [];

afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the program and returns what it printed, once it is up. */
async function serve(port: number): Promise<{ output: string; stop(): Promise<number | null> }> {
  const script = join(import.meta.dirname, 'serve.ts');
  const args = ['--disable-warning=ExperimentalWarning', script, '--port', String(port), '--data', folder];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  running.push(child);
  let output = '';
  for await (const chunk of child.stdout) {
    output += chunk;
    if (output.includes('# Control API')) break;
  }
  const stop = () => {
    const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    return exit;
  };
  return { output, stop };
}

/** The first of six ports in a row that are very likely free. */
async function freePorts(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port > 60_000 ? port - 6 : port;
}

describe('the sandbox on its own', () => {
  it('prints settings that work, keeps its host key, and ends when told', async () => {
    const first = await serve(await freePorts());
    const env = parseEnv(first.output.split('# Credentials')[0]!) as Record<string, string>;
    const token = /accessToken: (\S+)/.exec(first.output)?.[1];
    const me = await fetch(`${env.REACH_FACEBOOK_URL}/${env.REACH_FACEBOOK_API_VERSION}/me?access_token=${token}`);
    expect(me.status).toBe(200);
    expect(env.REACH_ALLOW_PRIVATE_HOSTS).toBe('true');
    expect(await first.stop()).toBe(0);
    const second = await serve(await freePorts());
    const fingerprint = (output: string) => /hostFingerprint: (\S+)/.exec(output)?.[1];
    expect(fingerprint(second.output)).toBe(fingerprint(first.output));
    expect(await second.stop()).toBe(0);
  });
});
