import type { ContactConsentView } from '../../src/contacts/contact-consent.view.ts';
import { type Dataset, datasetForm, importEnd } from './datasets.ts';
import type { Reach } from './service.ts';

/** Imports files of consent and reads what follows from them. @param reach the service, once it has started */
export function consents(reach: () => Reach) {
  const imported = async (id: string) => expect((await importEnd(reach(), id)).status).toBe('ready');
  const send = async (path: string, file: string, mapping: object, name = 'people') => {
    const { body, status } = await reach().api<Dataset>('POST', path, datasetForm(file, { mapping, name }));
    expect({ status, body }).toMatchObject({ status: 202 });
    await imported(body.id);
    return body.id;
  };
  const again = async (id: string, mapping: object) => {
    expect((await reach().api('POST', `/v1/datasets/${id}/import`, { mapping })).status).toBe(202);
    await imported(id);
  };
  const contact = async (id: string) => {
    const { body } = await reach().api<{ items: { id: string; consent: Record<string, string> }[] }>(
      'GET',
      `/v1/contacts?externalId=${id}`,
    );
    return body.items[0]!;
  };
  const stateOf = async (id: string) => (await contact(id)).consent.email;
  const history = async (id: string) =>
    (await reach().api<ContactConsentView>('GET', `/v1/contacts/${(await contact(id)).id}/consent`)).body.items;
  return { send, again, contact, stateOf, history };
}
