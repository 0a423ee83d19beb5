import { strict as assert } from 'node:assert';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addCondition, button, choose, heading, page, picture, quiet, see, visit, world } from './screen.ts';

export async function learn(): Promise<void> {
  await visit('Outcomes');
  await see('No outcomes yet');
  await button('New outcome').first().click();
  await page.getByRole('textbox', { name: 'Name' }).first().fill('Stays a customer');
  await page.getByText('Those with an event in a window').click();
  await world.forgiving(async () => {
    await button('Start training').click();
    await see('event must not be empty.');
  });
  await page.getByText('Those in a cohort').click();
  await choose('Attained cohort', 'Active customers');
  await button('Start training').click();
  await heading('Stays a customer');
  await see('in 95 % of samples', 180_000);
}

export async function judge(): Promise<void> {
  await see(/^Nobody is scored yet\. Publish a version/);
  await see(/“churn” is left out\. The outcome itself is defined by it/);
  await page.getByRole('row').nth(10).waitFor();
  await picture('outcome');
  await page.getByRole('tab', { name: 'What it goes by' }).click();
  await button(/^contract$/).click();
  await see('What contract means');
  await page.getByRole('tab', { name: 'Fairness' }).click();
  await see('By gender');
  await page.getByRole('tab', { name: 'Traits left out' }).click();
  await see('Defines outcome');
  const [card] = await Promise.all([page.context().waitForEvent('page'), button('Model card').click()]);
  await card.getByRole('heading', { name: 'Stays a customer' }).waitFor();
  await card.close();
}

export async function publish(): Promise<void> {
  await button('Publish version 1').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
  await see('Version 1 is live.');
  await see(/^Nobody was delivered yet\./);
  await page.getByLabel('E-mail or external id').fill(await someCustomer());
  await button('Explain').click();
  await see(/scored above \d+ % of all, by version 1/);
  await quiet();
}

export async function rollBack(): Promise<void> {
  await visit('Outcomes');
  await page.getByRole('link', { name: 'Stays a customer' }).click();
  await button('Train again').click();
  await page.getByRole('switch', { name: /^Leave out protected traits/ }).check({ force: true });
  await button('Start training').click();
  await button('Publish version 2').click({ timeout: 180_000 });
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
  await see('Version 2 is live.');
  await choose('Version', 'Version 1 (retired)');
  await button('Roll back to version 1').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
  await see('Everyone is scored by version 1.');
  await quiet();
}

/** What became of those delivered, by the score they had: of an audience that selects, and of one chosen at random. */
export async function lookBack(): Promise<void> {
  await visit('Outcomes');
  await page.getByRole('link', { name: 'Stays a customer' }).click();
  const tenths = page.getByRole('table', { name: 'By tenth of the score' });
  await page.getByLabel('Delivery', { exact: true }).selectOption('Spring campaign on Meta');
  await see('This is observational');
  await see('Too early to judge');
  await tenths.getByRole('row', { name: /^1 \d/ }).waitFor();
  assert.equal(await tenths.getByRole('row').count(), 11, 'ten tenths');
  const saved = page.waitForEvent('download');
  await button('CSV of the back-test').click();
  const lines = (await readFile(await (await saved).path(), 'utf8')).trim().split('\n');
  assert.match(lines[0]!, /^run,at,complete,decile,delivered,.*deliveredPredicted,.*,asOf$/);
  const delivered = lines.slice(1).reduce((sum, line) => sum + Number(line.split(',')[4]), 0);
  assert.ok(delivered > 0, 'those delivered were scored');
  await page.getByLabel('Delivery', { exact: true }).selectOption('Newsletter readers on Google');
  await see('The audience has a random limit');
  await quiet();
  await picture('back-test');
}

/** A cohort of those who are scored best. */
export async function chooseByScore(): Promise<void> {
  await visit('Cohorts');
  await page.getByRole('link', { name: 'New cohort' }).first().click();
  await page.getByRole('textbox', { name: 'Name' }).first().fill('Most likely to stay');
  await addCondition('Outcome score');
  await choose('Outcome', 'Stays a customer');
  await see(/of 7,043 contacts \((9|10) %\)/);
  await button('Save cohort').click();
  await heading('Most likely to stay');
}

/** The parts of nested settings, and what is wrong with them. */
export async function connectByParts(): Promise<void> {
  await visit('Connections');
  await page.getByRole('link', { name: 'New connection' }).first().click();
  await page.getByText('HTTP audience', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Name' }).first().fill('Our own API');
  await page.getByLabel('Base address of the API').fill('https://example.com/v1');
  await button('Set Adds members').click();
  const add = page.getByRole('group', { name: 'Adds members' });
  await add.getByLabel('Path').fill('no slash');
  const errors = "What the API's errors mean";
  for (const status of ['404', '409']) {
    await button(`Add to ${errors}`).click();
    await page.getByRole('group', { name: errors }).last().getByLabel('Status of the answer').fill(status);
  }
  await button(`Move ${errors} 2 up`).click();
  const first = page.getByRole('group', { name: `${errors} 1` });
  assert.equal(await first.getByLabel('Status of the answer').inputValue(), '409');
  await button(`Remove ${errors} 2`).click();
  await world.forgiving(async () => {
    await button('Save and check').click();
    await add.getByText('path must start with one slash and have no spaces').waitFor();
    await first.getByText(/code must be one of the following values/).waitFor();
  });
  await picture('nested-settings');
}

async function someCustomer(): Promise<string> {
  const [, row = ''] = (await readFile(join(world.folder, 'demo', 'customers.csv'), 'utf8')).split('\n');
  const email = row.split(',').find((cell) => cell.includes('@'));
  assert.ok(email, 'the first customer has an e-mail address');
  return email;
}
