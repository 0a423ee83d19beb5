import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiClient } from '../src/cli/api-client.ts';
import { ConsentNotConfirmed } from '../src/cli/consent.ts';
import { Progress } from '../src/cli/progress.ts';
import { importFile } from '../src/cli/steps.ts';
import type { MappingView } from '../src/cli/views.ts';
import { ADMIN_KEY } from './support/http.ts';
import { type Reach, startReach } from './support/service.ts';

const CSV = 'email,status\na@example.com,subscribed\nb@example.com,unsubscribed\nb@example.com,sleepy\n';

describe('the command import', () => {
  let reach: Reach;
  beforeAll(async () => {
    reach = await startReach();
  });
  afterAll(() => reach.close());

  const run = async (options: { mapping?: MappingView; confirmConsent?: boolean }) => {
    const file = join(reach.dataDir, 'people.csv');
    writeFileSync(file, CSV);
    const client = new ApiClient({ url: reach.url, key: ADMIN_KEY });
    return importFile(client, file, { name: 'people', ...options }, new Progress());
  };
  const contacts = async () => (await reach.api<{ total: number }>('GET', '/v1/contacts/count')).body.total;

  it('imports nothing without a terminal, shows the counts of the whole file, and says what to do', async () => {
    const columns = [
      { column: 'email', as: 'email' },
      { column: 'status', as: 'consent' },
    ];
    const chosen: MappingView & { key: object } = { key: { column: 'email' }, columns };
    for (const [purpose, mapping] of [
      ['email', undefined],
      ['advertising', chosen],
    ] as const) {
      const error = await run({ mapping }).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(ConsentNotConfirmed);
      const { message, exitCode } = error as ConsentNotConfirmed;
      expect(exitCode).toBe(2);
      expect(message).toContain(`status: yes grants consent for ${purpose}`);
      expect(message).toContain('The whole file (3 rows):');
      expect(message).toContain(`${purpose} (contacts): 1 would be subscribed, 1 unsubscribed, 0 left unchanged`);
      expect(message).toContain('status (rows): words without a meaning: "sleepy" (1)');
      expect(message).toContain('--confirm-consent');
    }
    expect(await contacts()).toBe(0);
  });

  it('imports a file with consent columns when the option confirms them', async () => {
    expect(await run({ confirmConsent: true })).toMatchObject({ status: 'ready', result: { contacts: 2 } });
    expect(await contacts()).toBe(2);
  });
});
