import { type Reach, startReach, until } from '../support/service.ts';
import { SwitchedLink } from '../support/switched-link.ts';

describe('a service whose Redis is away', () => {
  let link: SwitchedLink;
  let reach: Reach;
  const states: string[] = [];

  beforeAll(async () => {
    const { hostname, port } = new URL(process.env.TEST_REDIS_URL!);
    link = new SwitchedLink({ host: hostname, port: Number(port || 6379) });
    await link.on();
    await link.off();
    reach = await startReach({
      env: { REDIS_URL: `redis://127.0.0.1:${link.port}` },
      log: (line) => states.push(line),
    });
  });
  afterAll(async () => {
    await reach.close();
    await link.off().catch(() => undefined);
  });

  const health = (path: string) => reach.api<{ engines?: Record<string, string> }>('GET', `/health${path}`);
  const cohort = (name: string) =>
    reach.api<{ id: string; code?: string }>('POST', '/v1/cohorts', { name, condition: { everyone: true } });
  const counted = (name: string) =>
    until(
      () => reach.api<{ items: { name: string; members: number | null }[] }>('GET', '/v1/cohorts'),
      ({ body }) => body.items.some((each) => each.name === name && each.members !== null),
    );

  it('starts, is live, and says which engine it waits for', async () => {
    expect((await health('/live')).status).toBe(200);
    const { status, body } = await health('/ready');
    expect(status).toBe(503);
    expect(body.engines).toEqual({ database: 'ok', warehouse: 'ok', jobs: 'away' });
    expect(states.filter((line) => line.includes('queue error'))).toHaveLength(1);
  });

  it('answers a request that needs the queue within seconds, with a problem', async () => {
    const before = Date.now();
    const { status, body } = await cohort('early');
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'engine_away' });
    expect(Date.now() - before).toBeLessThan(15_000);
  });

  it('does what was asked meanwhile when Redis is back', async () => {
    await link.on();
    await until(
      () => health('/ready'),
      ({ status }) => status === 200,
    );
    await counted('early');
  });

  it('resumes after a break as well', async () => {
    await link.off();
    expect((await health('/ready')).status).toBe(503);
    expect((await cohort('later')).status).toBe(503);
    await link.on();
    await counted('later');
  });
});
