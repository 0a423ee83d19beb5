import { strict as assert } from 'node:assert';
import { KEY } from '../support/console.ts';
import { button, finished, heading, page, picture, quiet, see, visit, world } from './screen.ts';

const DELIVERY = 'Newsletter readers on Google';

/** A new delivery, whose remote audience is not there yet, to a platform that can judge people without taking them. */
export async function beforeTheFirstRun(): Promise<void> {
  const { clientId, clientSecret, refreshToken, customerId, loginCustomerId } = world.sandbox.credentials.google;
  const settings = { clientId, clientSecret, refreshToken, customerId, loginCustomerId };
  await ask('POST', 'connections', { name: 'Google, main account', type: 'google', settings });
  await ask('POST', 'audiences', { name: 'Newsletter readers', ...everyone(2_000) });
  await visit('Deliveries');
  await page.getByRole('link', { name: 'New delivery' }).first().click();
  await page.getByRole('radio', { name: /Newsletter readers/ }).click();
  await button('Continue').click();
  await page.getByRole('radio', { name: /Google, main account/ }).click();
  await button('Continue').click();
  await page.getByLabel('Split delivery by persona for personalized outreach').uncheck();
  await page.getByLabel('Name of the delivery').fill(DELIVERY);
  await button('Continue').click();
  await page.getByLabel('Country of contacts that name none').fill('US');
  await button('Continue').click();
  await button('Save and dry run').click();
  await see(/told to take none of them: nothing is kept there/);
  assert.equal(judged(), 0, 'nobody is shown before it is asked for');
  await button('Let the platform check it too').click();
  await see(/has no remote audience yet; its first run makes one/);
  await see(/judged nobody, and nothing is kept there/);
  assert.equal(judged(), 0);
  await button('Run now').click();
  await page.getByRole('list', { name: 'States' }).waitFor();
  await finished(/^Confirmed( with rejects)?$/);
}

/** With people to add: what the platform says of them, and that it keeps nobody. */
export async function withPeopleToAdd(): Promise<void> {
  const { items } = await ask<{ items: { id: string; name: string }[] }>('GET', 'audiences?limit=200');
  const { id } = items.find(({ name }) => name === 'Newsletter readers')!;
  await ask('PATCH', `audiences/${id}`, everyone(3_000));
  await visit('Deliveries');
  await page.getByRole('link', { name: DELIVERY }).click();
  await heading(DELIVERY);
  const held = await members();
  await button('Dry run').click();
  await see('Together');
  await button('Let the platform check it too').click();
  const answers = page.getByRole('table', { name: 'Answers by remote audience' });
  await answers.getByRole('row', { name: /500 500 0 No objection\./ }).waitFor();
  await see(/Nothing is kept there: .*Google.* was told to check these people and to take none of them/);
  const says = page.getByRole('region', { name: 'What the platform says' });
  await says.getByRole('row', { name: /audienceMembers:ingest/ }).waitFor();
  const [request] = judgements();
  const calls = (await says.getByRole('table').last().textContent()) ?? '';
  assert.match(
    calls,
    /Vendor request id.*ingest200[\d,]+ ms[\w-]{20}/,
    "the platform's own id of the request is shown",
  );
  assert.equal(JSON.parse(request!.body!).validateOnly, true);
  await quiet();
  await picture('rehearsal');

  world.sandbox.google.faults.add({ match: { path: 'ingest' }, do: 'status', status: 400, body: REFUSING_TWO });
  await button('Ask it again').click();
  await answers.getByRole('row', { name: /500 498 2 2: .*INVALID_SHA256_FORMAT/ }).waitFor();
  await picture('rehearsal-refused');
  await page.reload();
  await heading(DELIVERY);
  assert.equal(await members(), held, 'nobody was added');
}

/** What Google answers when two of the people in a request are at fault. */
const REFUSING_TWO = {
  error: {
    code: 400,
    status: 'INVALID_ARGUMENT',
    message: 'There was a problem with the request.',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.BadRequest',
        fieldViolations: [0, 1].map((i) => ({
          field: `audience_members.audience_members[${i}]`,
          reason: 'INVALID_SHA256_FORMAT',
          description: '',
        })),
      },
    ],
  },
};

/** Everyone, of whom some are chosen at random. */
const everyone = (count: number) => ({
  include: { condition: { everyone: true } },
  limit: { count, orderBy: { random: 1 } },
});

/** Members that the page shows of the delivery. */
const members = async (): Promise<string | null> =>
  page.getByRole('region', { name: 'Remote audiences' }).getByRole('cell').nth(3).textContent();

const judgements = () => world.sandbox.google.requests.filter(({ body }) => body?.includes('"validateOnly":true'));
const judged = (): number => judgements().length;

/** Groundwork that other steps show on the page. */
async function ask<T>(method: string, path: string, body?: object): Promise<T> {
  const answer = await fetch(`${world.url}/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  return (await answer.json()) as T;
}
