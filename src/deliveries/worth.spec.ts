import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ReachWithContacts, startWithContacts } from '../../test/support/contacts.ts';
import { OutcomeVersions } from '../cohorts/outcome-versions.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { worthOf } from './worth.ts';

let reach: ReachWithContacts;
let delivery: { audienceId: string; connectionId: string };

beforeAll(async () => {
  reach = await startWithContacts();
  reach.app
    .get(OutcomeVersions)
    .provide(async (_account, id) => (id === 'out_1' ? { name: 'Buys', versionId: 'ouv_2' } : undefined));
  const score = (outcome_version_id: string, contact_id: string, probability: number) => ({
    account_id: reach.account,
    outcome_version_id,
    contact_id,
    probability,
    percentile: 50,
    revision: 1,
  });
  await reach.app.get(Warehouse).insert('scores', [score('ouv_1', 'con_1', 0.9), score('ouv_2', 'con_1', 0.25)]);
  const { id: audienceId } = await made('/v1/audiences', {
    name: 'Everyone',
    include: { condition: { everyone: true } },
  });
  const settings = { adAccountId: '42', accessToken: 'EAAtoken' };
  const { id: connectionId } = await made('/v1/connections', { name: 'Meta', type: 'facebook', settings });
  delivery = { audienceId, connectionId };
});
afterAll(() => reach.close());

async function made(path: string, body: object): Promise<{ id: string }> {
  const answer = await reach.api<{ id: string }>('POST', path, body);
  expect({ path, ...answer }).toMatchObject({ status: 201 });
  return answer.body;
}

/** What would be sent of a contact as its value. */
async function worth(valueAttribute: string, contactId: string): Promise<unknown> {
  const { id } = await made('/v1/deliveries', {
    ...delivery,
    name: `By ${valueAttribute}`,
    options: { valueAttribute },
  });
  const { body } = await reach.api<{ wire: { addOnly: object } }>(
    'GET',
    `/v1/deliveries/${id}/payload?contactId=${contactId}`,
  );
  return body.wire.addOnly;
}
const valued = (value: number) => ({ schema: ['LOOKALIKE_VALUE'], cells: [value] });

describe('what a person is worth', () => {
  it('is read from its name', () => {
    expect(worthOf('outcome:out_1')).toEqual({ kind: 'score', outcomeId: 'out_1' });
    expect(worthOf('events:order')).toEqual({ kind: 'spent', stream: 'order' });
    expect(['tenure', 'outcome:', 'events', 'event:order:count'].map(worthOf)).toEqual(Array(4).fill(undefined));
  });

  it('can be a trait', async () => {
    expect(await worth('tenure', 'con_1')).toEqual(valued(24));
  });

  it('can be the sum of their orders, nothing for who never ordered', async () => {
    expect(await worth('events:order', 'con_1')).toEqual(valued(120));
    expect(await worth('events:order', 'con_3')).toEqual(valued(0));
  });

  it('can be the probability by the live version of an outcome, and by no other', async () => {
    expect(await worth('outcome:out_1', 'con_1')).toEqual(valued(0.25));
    expect(await worth('outcome:out_1', 'con_3')).toEqual(valued(0));
  });

  it.each(['shoe_size', 'events:returns', 'outcome:out_9'])(
    'is refused as %s, which is not there',
    async (valueAttribute) => {
      const body = { ...delivery, name: 'x', options: { valueAttribute } };
      const answer = await reach.api('POST', '/v1/deliveries', body);
      expect(answer).toMatchObject({
        status: 422,
        body: { errors: [{ path: 'options.valueAttribute', code: 'unknown_attribute' }] },
      });
    },
  );
});
