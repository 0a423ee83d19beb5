/**
 * How long another client waits for `/v1/me` while bodies are sent that cannot be used, against the wait while ordinary
 * full requests are answered: `node bench/bodies.ts` after `npm run build:server`. None may cost more than `MOST` times
 * as much.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Server, startServer } from './support/server.ts';

const MOST = 10;
const REQUESTS = 10;
const KEY = 'bench-admin-key-0123456789';
const main = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'src', 'main.js');

interface Body {
  name: string;
  path: string;
  text: string;
  key?: string;
}

const names = (count: number) => `{${Array.from({ length: count }, (_, i) => `"name_${i}":1`).join()}}`;
const list = (item: string, count: number) => `[${Array<string>(count).fill(item).join()}]`;
const PERSON =
  '{"id":"1","emails":["ana@example.com"],"phones":["+351211234567"],"firstName":"Ana","lastName":"Silva","city":"Lisboa","country":"PT"}';
const PREVIEW = '/v1/match-keys/preview';

const ORDINARY: Body = {
  name: 'a preview of 1,000 contacts',
  path: PREVIEW,
  text: `{"destination":"facebook","contacts":${list(PERSON, 1000)}}`,
};
const HOSTILE: Body[] = [
  { name: '10 MB without a key', path: PREVIEW, text: `{"contacts":${list('{}', 3e6)}}`, key: 'nobody' },
  { name: '3,000,000 empty contacts', path: PREVIEW, text: `{"contacts":${list('{}', 3e6)}}` },
  { name: '1,000 empty contacts', path: PREVIEW, text: `{"contacts":${list('{}', 1000)}}` },
  { name: '1,900 contacts of 50 unknown names', path: PREVIEW, text: `{"contacts":${list(names(50), 1900)}}` },
  { name: '1,000,000 strings', path: PREVIEW, text: `{"contacts":${list('"a"', 1e6)}}` },
  { name: '700,000 unknown names', path: '/v1/cohorts', text: names(7e5) },
  { name: '500 unknown names', path: '/v1/cohorts', text: names(500) },
  { name: '500 events of 190 unknown names', path: '/v1/events', text: `{"events":${list(names(190), 500)}}` },
  { name: '990 empty events', path: '/v1/events', text: `{"events":${list('{}', 990)}}` },
  { name: '100 contacts of 1,900 names', path: '/v1/inform/score', text: `{"contacts":${list(names(1900), 100)}}` },
  { name: '40,000 suppressed', path: '/v1/suppressions', text: `{"list":"x","emails":${list('"x"', 10_000)}}` },
  { name: '2,400 lists in a condition', path: '/v1/cohorts', text: `{"name":"x","condition":${list('[]', 2400)}}` },
];

/** The longest time for which the event loop of the service was blocked since the last question, in ms. */
async function longestBlock(server: Server): Promise<number> {
  const response = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${KEY}` } });
  const seconds = /^reach_nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(await response.text())?.[1];
  return Number(seconds) * 1000;
}

/** Milliseconds that another client waits for `/v1/me` at most, that the event loop is blocked, and the answers' status. */
async function longestWait(server: Server, body: Body): Promise<{ ms: number; blockedMs: number; status: number }> {
  await longestBlock(server);
  let busy = true;
  let longest = 0;
  const watching = (async () => {
    while (busy) {
      const start = performance.now();
      await server.api('GET', '/v1/me');
      longest = Math.max(longest, performance.now() - start);
    }
  })();
  const bytes = Buffer.from(body.text);
  let status = 0;
  for (let i = 0; i < REQUESTS; i++) {
    const response = await fetch(server.url + body.path, {
      method: 'POST',
      body: bytes,
      headers: { authorization: `Bearer ${body.key ?? KEY}`, 'content-type': 'application/json' },
    });
    await response.arrayBuffer();
    status = response.status;
  }
  busy = false;
  await watching;
  return { ms: longest, blockedMs: await longestBlock(server), status };
}

const server = await startServer(main);
try {
  await longestWait(server, ORDINARY);
  const ordinary = await longestWait(server, ORDINARY);
  const line = (name: string, { ms, blockedMs, status }: typeof ordinary) =>
    `${name.padEnd(36)} ${status} ${ms.toFixed(0).padStart(6)} ms, blocked ${blockedMs.toFixed(0).padStart(4)} ms`;
  console.log(line(ORDINARY.name, ordinary));
  for (const body of HOSTILE) {
    const measured = await longestWait(server, body);
    const ratio = measured.ms / ordinary.ms;
    console.log(`${line(body.name, measured)}   ${ratio.toFixed(2)} × an ordinary one`);
    if (ratio > MOST) process.exitCode = 1;
  }
} finally {
  await server.stop();
}
