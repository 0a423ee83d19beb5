import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { consentOf } from './consent.sql.ts';

/** Times are small numbers; an absent one is a grant's that nobody stated. */
interface Statement {
  state: 'granted' | 'denied';
  stated?: number;
  uploaded: number;
  dataset: string;
  recorded: number;
}

/** The import that runs: of the file `d1` that was uploaded at 2, begun at 50. */
const IMPORT = { datasetId: 'd1', uploadedMs: 2, bytesUploadedMs: 2, startedMs: 50 };

/** The rule of docs/importing.md in plain code. */
function consent(statements: Statement[]): 'granted' | 'denied' | undefined {
  const counted = statements.filter(
    ({ dataset, uploaded, recorded }) => !(dataset === 'd1' && uploaded === 2 && recorded < 50),
  );
  if (counted.length === 0) return undefined;
  const grants = counted.filter(({ state }) => state === 'granted');
  const isOverruled = (denial: Statement) =>
    grants.some(({ stated, uploaded }) =>
      stated === undefined
        ? (denial.stated ?? denial.uploaded) === denial.uploaded && uploaded > denial.uploaded
        : stated > (denial.stated ?? denial.uploaded),
    );
  return counted.some((each) => each.state === 'denied' && !isOverruled(each)) ? 'denied' : 'granted';
}

describe('the consent of a contact with several statements', () => {
  let warehouse: Warehouse;
  let dataDir: string;
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'reach-'));
    warehouse = await Warehouse.open({ dataDir, memory: 1_000_000_000 });
  });
  afterAll(async () => {
    await warehouse.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('stays denied until a newer grant, ignores replaced statements, and does not depend on the order of imports', async () => {
    const statement: fc.Arbitrary<Statement> = fc
      .record({
        state: fc.constantFrom('granted' as const, 'denied' as const),
        stated: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
        uploaded: fc.integer({ min: 1, max: 4 }),
        dataset: fc.constantFrom('d1', 'd2'),
        recorded: fc.constantFrom(10, 50),
      })
      .map((each) => ({ ...each, stated: each.stated && Math.min(each.stated, each.uploaded) }));
    const people = fc.sample(fc.array(statement, { minLength: 1, maxLength: 6 }), 400);
    const time = (ms: number) => new Date(ms).toISOString();
    await warehouse.insert(
      'consent_statements',
      people.flatMap((statements, person) =>
        statements.map(({ state, stated, uploaded, dataset, recorded }) => ({
          account_id: 'a',
          contact_id: String(person),
          purpose: 'email',
          state,
          stated_at: time(stated ?? (state === 'denied' ? uploaded : 0)),
          uploaded_at: time(uploaded),
          dataset_id: dataset,
          column: 'c',
          recorded_at: time(recorded),
        })),
      ),
    );
    const found = await warehouse.query<{ contact_id: string; consent: { email: string } }>(
      consentOf('SELECT DISTINCT contact_id FROM consent_statements WHERE account_id = {account:String}'),
      { account: 'a', ...IMPORT },
    );
    const states = new Map(found.map(({ contact_id, consent: { email } }) => [contact_id, email]));
    const wrong = people
      .map((statements, person) => ({ statements, said: states.get(String(person)), rule: consent(statements) }))
      .filter(({ said, rule }) => said !== rule);
    expect(wrong).toEqual([]);
  });

  it('stays denied where a grant was stated on the day of a denial without a time of day', async () => {
    const said = (contact_id: string, state: string, stated_at: string, uploaded_at: string) => ({
      account_id: 'days',
      contact_id,
      purpose: 'email',
      state,
      stated_at,
      uploaded_at,
      dataset_id: 'd2',
      column: 'c',
      recorded_at: uploaded_at,
    });
    const [midnight, morning, noon, night] = ['00', '08', '12', '22'].map((hour) => `2026-03-04T${hour}:00:00.000Z`);
    const later = '2026-03-09T10:00:00.000Z';
    await warehouse.insert('consent_statements', [
      said('same day', 'granted', morning!, later),
      said('same day', 'denied', midnight!, later),
      said('before', 'granted', noon!, later),
      said('before', 'denied', morning!, later),
      said('uploaded before', 'granted', night!, later),
      said('uploaded before', 'denied', midnight!, noon!),
    ]);
    const found = await warehouse.query<{ contact_id: string; consent: { email: string } }>(
      consentOf('SELECT DISTINCT contact_id FROM consent_statements WHERE account_id = {account:String}'),
      { account: 'days', ...IMPORT },
    );
    expect(Object.fromEntries(found.map(({ contact_id, consent: { email } }) => [contact_id, email]))).toEqual({
      'same day': 'denied',
      before: 'granted',
      'uploaded before': 'granted',
    });
  });
});
