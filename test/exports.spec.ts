import { type Dataset, datasetForm, importEnd } from './support/datasets.ts';
import {
  hubspotContacts,
  klaviyoProfiles,
  mailchimpAudience,
  shopifyCustomers,
  type ToolExport,
} from './support/exports.ts';
import { type Reach, startReach } from './support/service.ts';

interface Mapping {
  columns: { column: string; as: string; consent?: { confirmed?: boolean } }[];
}

interface Contact {
  emails: string[];
  phones: string[];
  externalIds: string[];
  city: string;
  country: string;
  street: string;
  consent: Record<string, string>;
}

describe('the exports of the tools, imported with the suggested mapping', () => {
  let reach: Reach;
  beforeAll(async () => {
    reach = await startReach();
  });
  afterAll(() => reach.close());

  const confirmed = (mapping: Mapping): Mapping => ({
    ...mapping,
    columns: mapping.columns.map((column) =>
      column.as === 'consent' ? { ...column, consent: { ...column.consent, confirmed: true } } : column,
    ),
  });

  it.each<[string, () => ToolExport]>([
    ['Shopify', shopifyCustomers],
    ['HubSpot', hubspotContacts],
    ['Klaviyo', klaviyoProfiles],
    ['Mailchimp', mailchimpAudience],
  ])('%s adds every person with phone, address and consent', async (_, make) => {
    const { fileName, text, people } = make();
    const uploaded = await reach.api<Dataset>('POST', '/v1/datasets', datasetForm(text, {}, fileName));
    expect(uploaded.status).toBe(202);
    const mapping = confirmed(uploaded.body.suggestedMapping as Mapping);
    const started = await reach.api('POST', `/v1/datasets/${uploaded.body.id}/import`, { mapping });
    expect(started.status).toBe(202);
    const dataset = await importEnd(reach, uploaded.body.id);
    expect(dataset.statusError).toBeNull();
    expect(dataset.result).toMatchObject({ contacts: people.length, created: people.length, rejects: 0, events: 0 });
    for (const person of people) {
      const found = await reach.api<{ items: Contact[] }>('GET', `/v1/contacts?email=${person.email}`);
      expect(found.body.items).toHaveLength(1);
      const [contact] = found.body.items;
      expect(contact).toMatchObject({
        emails: [person.email],
        phones: [person.phone],
        city: person.city,
        country: person.country,
      });
      expect(contact!.street).toMatch(/^\d+ Main St$/);
      expect(contact!.externalIds.length).toBeGreaterThanOrEqual(1);
      expect(stateOf(contact!)).toBe(person.consent);
    }
  });

  /** What a contact says, text messages aside: a denial for any purpose outweighs a grant. */
  const stateOf = ({ consent: { sms: _, ...consent } }: Contact) => {
    const states = new Set(Object.values(consent));
    return states.has('denied') ? 'denied' : states.has('granted') ? 'granted' : 'unset';
  };
});
