import { ADMIN_KEY } from '../support/http.ts';
import { type Reach, startReach } from '../support/service.ts';

describe('a worker process', () => {
  let worker: Reach;
  beforeAll(async () => {
    worker = await startReach({ env: { REACH_ROLE: 'worker', REACH_ENCRYPTION_KEY: 'a'.repeat(64) } });
  });
  afterAll(() => worker.close());

  const get = (path: string) => fetch(`${worker.url}${path}`, { headers: { authorization: 'Bearer none' } });

  it('answers whether it lives and whether its engines answer', async () => {
    expect((await get('/health/live')).status).toBe(200);
    expect((await get('/health/ready')).status).toBe(200);
    expect((await get('/health')).status).toBe(200);
  });

  it('gives its metrics to admins', async () => {
    expect((await get('/metrics')).status).toBe(401);
    const answer = await fetch(`${worker.url}/metrics`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } });
    expect(await answer.text()).toContain('reach_process_cpu_seconds_total');
  });

  it('answers nothing else', async () => {
    for (const path of ['/v1/me', '/docs', '/', '/healthy']) expect((await get(path)).status).toBe(404);
  });
});
