import { importFile } from '../../test/support/datasets.ts';
import { type Reach, startReach } from '../../test/support/service.ts';
import type { AccountId } from '../accounts/auth.ts';
import { KEPT_BACK } from '../deliveries/plan.sql.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { ConsentPolicyService } from './consent-policy.service.ts';

describe('a consent policy', () => {
  let reach: Reach;
  beforeAll(async () => {
    reach = await startReach();
  });
  afterAll(() => reach.close());

  const denied = () => reach.app.get(ConsentPolicyService).deniedCountries('acc_default' as AccountId);
  const put = (...groups: [string[], 'granted' | 'denied'][]) =>
    reach.api<{ groups: { countries: string[] }[]; errors: { path: string; code: string; message: string }[] }>(
      'PUT',
      '/v1/consent-policy',
      { groups: groups.map(([countries, unspecified], i) => ({ name: `g${i}`, countries, unspecified })) },
    );

  it('keeps countries by the codes that contacts hold', async () => {
    const { status, body } = await put([['UK', 'gb', 'Deutschland', 'usa', 'eea'], 'denied']);
    expect(status).toBe(200);
    expect(body.groups[0]?.countries).toEqual(['GB', 'DE', 'US', 'EEA']);
    expect(await denied()).toEqual(expect.arrayContaining(['GB', 'DE', 'US', 'IS']));
  });

  it('takes the first group that names a country', async () => {
    await put([['DE'], 'granted'], [['EEA', 'UK'], 'denied']);
    const countries = await denied();
    expect(countries).toEqual(expect.arrayContaining(['FR', 'GB']));
    expect(countries).not.toContain('DE');
  });

  it('refuses what matches nobody, each with its place, and keeps what was there', async () => {
    await put([['FR'], 'denied']);
    const { status, body } = await put([['FR', 'EU'], 'denied'], [['ZZ'], 'granted']);
    expect(status).toBe(422);
    expect(body.errors.map(({ path, code }) => `${path} ${code}`)).toEqual([
      'groups[0].countries[1] unknown_country',
      'groups[1].countries[0] unknown_country',
    ]);
    expect(body.errors[0]?.message).toContain('EEA');
    expect(await denied()).toEqual(['FR']);
  });

  it('covers those who are of the country that their file names for all, and counts whom it cannot', async () => {
    const columns = [
      { column: 'ads', as: 'consent', consent: { confirmed: true } },
      { column: 'country', as: 'country' },
    ];
    const key = { column: 'id' };
    await importFile(reach, 'id,country\nfrench,FR\namerican,US\n', { key, columns: [columns[1]] });
    const csv = 'id,ads\nsilent,\nasked,yes\nfrench,\namerican,\n';
    await importFile(reach, csv, { key, columns: [columns[0]], defaultCountry: 'de' });
    await importFile(reach, 'id,ads\nstranger,\nfriend,yes\nfoe,no\n', { key, columns: [columns[0]] });
    const { body } = await reach.api('PUT', '/v1/consent-policy', {
      groups: [{ name: 'Germany', countries: ['DE'], unspecified: 'denied' }],
    });
    expect(body).toMatchObject({ uncoveredContacts: 1 });
    expect((await reach.api('GET', '/v1/consent-policy')).body).toEqual(body);
    const kept = await reach.app.get(Warehouse).query<{ id: string; country: string }>(
      `SELECT external_ids[1] AS id, toString(country) AS country FROM contacts FINAL
       WHERE account_id = {account:String} AND ${KEPT_BACK} != '' ORDER BY id`,
      { account: 'acc_default', denied_countries: await denied() },
    );
    expect(kept).toEqual([
      { id: 'foe', country: '' },
      { id: 'silent', country: 'DE' },
    ]);
  });
});
