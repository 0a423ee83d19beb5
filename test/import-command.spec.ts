import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiClient, ApiError } from '../src/cli/api-client.ts';
import { ConsentNotConfirmed } from '../src/cli/consent.ts';
import { importSummary } from '../src/cli/import-summary.ts';
import { InputError, readMapping } from '../src/cli/input.ts';
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

  let written = '';
  const send = (file: string, options: { mapping?: MappingView; confirmConsent?: boolean }) => {
    written = '';
    const out = { write: (text: string) => (written += text) } as unknown as NodeJS.WriteStream;
    const client = new ApiClient({ url: reach.url, key: ADMIN_KEY });
    return importFile(client, file, { name: 'people', ...options }, new Progress(out));
  };
  const write = (name: string, text: string) => {
    const file = join(reach.dataDir, name);
    writeFileSync(file, text);
    return file;
  };
  const run = async (options: { mapping?: MappingView; confirmConsent?: boolean }) =>
    send(write('people.csv', CSV), options);
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

  it('imports a file when the option confirms consent, shows how it is read, and sums up the import', async () => {
    const { dataset, preview } = await run({ confirmConsent: true });
    expect(dataset).toMatchObject({ status: 'ready', result: { contacts: 2 } });
    expect(await contacts()).toBe(2);
    expect(written).toContain('status: yes grants consent for email');
    expect(written).toContain('status (rows): 1 subscribed, 1 unsubscribed, 1 without a statement');
    const shown = importSummary(dataset, preview);
    expect(shown).toMatch(/Contacts +2: 2 created, 0 updated, 0 unchanged/);
    expect(shown).toMatch(/Contacts that do not deny advertising +1\s/);
    expect(shown).toMatch(
      /Consent to email +1 subscribed, 1 unsubscribed, 0 without a statement \(contacts of the file\)/,
    );
    expect(shown).toMatch(/Rejects +1/);
  });

  it('counts the orders of a file by kind', async () => {
    const file = write(
      'orders.csv',
      'email,order,at,total,state\na@example.com,1,2026-01-01,5,paid\na@example.com,2,2026-01-02,5,voided\n',
    );
    const events = [{ stream: 'order', time: 'at', id: 'order', value: 'total', order: { status: 'state' } }];
    const mapping: MappingView & Record<string, unknown> = {
      kind: 'events',
      key: { column: 'email' },
      columns: [{ column: 'email', as: 'email' }],
      events,
    };
    const { dataset, preview } = await send(file, { mapping });
    const shown = importSummary(dataset, preview);
    expect(shown).toMatch(/Orders +1 imported \(0 partially refunded\), 1 cancelled, 0 fully refunded, 0 test orders/);
    expect(shown).not.toMatch(/advertising|Not imported/);
  });

  it('lists the reasons of rejects', async () => {
    const mapping: MappingView & { key: object } = {
      key: { column: 'email' },
      columns: [{ column: 'email', as: 'email' }],
    };
    const { dataset } = await send(write('bad.csv', 'email,plan\nc@example.com,gold\nno address,gold\n'), { mapping });
    expect(importSummary(dataset)).toMatch(/row +1 +no_key/);
    expect(importSummary(dataset)).toContain(`GET /v1/datasets/${dataset.id}/rejects.csv`);
  });

  it('refuses a missing file and a mapping that is not JSON with one sentence', async () => {
    const missing = join(reach.dataDir, 'missing.csv');
    await expect(send(missing, {})).rejects.toThrow(new InputError(`There is no file ${missing}.`));
    expect(() => readMapping(missing)).toThrow(InputError);
    expect(() => readMapping(write('mapping.json', '{'))).toThrow(/mapping\.json is not valid JSON: /);
  });

  it('says in one sentence what is wrong with a file', async () => {
    const error = await send(write('empty.csv', ''), {}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).message).toBe('The file is empty.');
  });
});
