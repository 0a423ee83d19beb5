import { ADMIN_KEY } from './http.ts';
import { type Reach, until } from './service.ts';
import { Steps } from './steps.ts';

/** Shoppers of two kinds; who bought is a matter of visits, with some chance in it. */
export function shoppersCsv(count: number): string {
  const rows = Array.from({ length: count }, (_, i) => {
    const rich = i % 2 === 1;
    const visits = (i * 37) % 40;
    const bought = visits + ((i * 61) % 30) > 34 ? 'yes' : 'no';
    return [
      `s${String(i).padStart(4, '0')}`,
      `shopper${i}@example.com`,
      `+1415222${String(1000 + i).padStart(4, '0')}`,
      rich ? 900 + (i % 50) : 20 + (i % 10),
      rich ? 'premium' : 'basic',
      visits,
      i % 3 === 0 ? 'yes' : 'no',
      `202${i % 5}-0${1 + (i % 9)}-11`,
      bought,
    ].join(',');
  });
  return ['id,email,phone,spend,plan,visits,vip,signup,bought', ...rows].join('\n');
}

export const SHOPPERS_MAPPING = {
  kind: 'contacts',
  key: { column: 'id' },
  columns: [
    { column: 'email', as: 'email' },
    { column: 'phone', as: 'phone' },
    { column: 'spend', as: 'trait', trait: { type: 'number' } },
    { column: 'plan', as: 'trait', trait: { type: 'category' } },
    { column: 'visits', as: 'trait', trait: { type: 'number' } },
    { column: 'vip', as: 'trait', trait: { type: 'boolean' } },
    { column: 'signup', as: 'trait', trait: { type: 'date' } },
    { column: 'bought', as: 'trait', trait: { type: 'category' } },
  ],
};

/** Shoppers with published personas and a published outcome. */
export async function shop(reach: Reach, count = 600) {
  const steps = new Steps(reach, undefined as never);
  await steps.importFile(shoppersCsv(count), SHOPPERS_MAPPING, 'shoppers.csv');
  const { setId, personas } = await steps.publishPersonas(2);
  const { id: cohortId } = await steps.ask<{ id: string }>('POST', '/v1/cohorts', {
    name: 'Bought',
    condition: { trait: 'bought', op: 'eq', value: 'yes' },
  });
  const outcomeId = await publishOutcome(steps, { name: 'Will buy', attained: cohortId, traits: ['visits', 'spend'] });
  return { steps, setId, personas, outcomeId, cohortId };
}

export async function publishOutcome(steps: Steps, definition: object): Promise<string> {
  const { id } = await steps.ask<{ id: string }>('POST', '/v1/outcomes', definition);
  const outcome = await until(
    () => steps.ask<{ status: string; statusError: unknown }>('GET', `/v1/outcomes/${id}`),
    ({ status }) => status === 'ready' || status === 'error',
  );
  if (outcome.status === 'error') throw new Error(`training failed: ${JSON.stringify(outcome.statusError)}`);
  await steps.ask('POST', `/v1/outcomes/${id}/versions/1/publish`);
  return id;
}

/** A key of another role, as headers. */
export async function keyOf(reach: Reach, role: string): Promise<Record<string, string>> {
  const { body } = await reach.api<{ key: string }>('POST', '/v1/api-keys', { name: role, role });
  return { authorization: `Bearer ${body.key ?? ADMIN_KEY}` };
}
