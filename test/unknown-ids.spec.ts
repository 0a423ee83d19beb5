import { type Reach, startReach } from './support/service.ts';

interface Operation {
  parameters?: { name: string; in: string; required?: boolean; schema?: { enum?: string[] } }[];
}

describe('an id that does not exist', () => {
  let reach: Reach;
  beforeAll(async () => {
    reach = await startReach();
  });
  afterAll(() => reach.close());

  it('is answered with 404 by everything that can be read of it', async () => {
    const { body } = await reach.api<{ paths: Record<string, { get?: Operation }> }>('GET', '/docs/openapi.json');
    const reads = Object.entries(body.paths).filter(([path, { get }]) => get && path.includes('{'));
    expect(reads.length).toBeGreaterThan(30);
    const answers = await Promise.all(
      reads.map(async ([path, { get }]) => {
        const query = (get?.parameters ?? [])
          .filter((parameter) => parameter.in === 'query' && parameter.required)
          .map(({ name, schema }) => `${name}=${schema?.enum?.[0] ?? 'none'}`);
        const url = path
          .replace('{version}', '1')
          .replace('{other}', '2')
          .replaceAll(/\{\w+\}/g, 'none');
        const signal = AbortSignal.timeout(10_000);
        const headers = { authorization: 'Bearer test-admin-key-0123456789' };
        const response = await fetch(`${reach.url}${url}?${query.join('&')}`, { headers, signal });
        await response.body?.cancel();
        return `${response.status} ${path}`;
      }),
    );
    expect(answers.filter((answer) => !answer.startsWith('404'))).toEqual([]);
  });
});
