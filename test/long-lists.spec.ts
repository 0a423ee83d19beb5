import { type Reach, startReach } from './support/service.ts';

/** As many identifiers as one request may have, which is more than one parameter of a ClickHouse server holds. */
describe('a request with thousands of identifiers', () => {
  let reach: Reach;
  beforeAll(async () => {
    reach = await startReach();
  });
  afterAll(() => reach.close());

  it('is answered for events', async () => {
    const emails = (i: number) => Array.from({ length: 5 }, (_, j) => `person${i}.${j}@example.com`);
    const events = Array.from({ length: 500 }, (_, i) => ({
      id: `event-${i}`,
      stream: 'order',
      contact: { emails: emails(i) },
    }));
    const { status, body } = await reach.api<{ rejected: unknown[] }>('POST', '/v1/events', { events });
    expect(status).toBeLessThan(300);
    expect(body.rejected).toHaveLength(500);
  });
});
