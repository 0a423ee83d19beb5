import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { writeDemoData } from '../../sandbox/demo/dataset.ts';
import { KEY } from '../support/console.ts';
import { addCondition, button, choose, heading, page, picture, quiet, see, visit, world } from './screen.ts';

export async function signIn(): Promise<void> {
  await page.goto('/datasets');
  await world.forgiving(async () => {
    await page.getByLabel('API key', { exact: true }).fill('not-a-key');
    await button('Sign in').click();
    await see('This key is not known.');
  });
  await page.getByLabel('API key', { exact: true }).fill(KEY);
  await button('Sign in').click();
  await heading('Datasets');
  await page.getByRole('button', { name: /^Signed in as/ }).waitFor();
}

export async function emptyOverview(): Promise<void> {
  await visit('Overview');
  await see('0 of 5 steps done');
  await see('Nothing was delivered yet');
}

export async function importContacts(): Promise<void> {
  const data = await writeDemoData(join(world.folder, 'demo'), new Date('2026-11-01'), 1);
  await upload(data.contactsFile, 'customers.csv');
  assert.equal(await page.getByLabel('Meaning of email', { exact: true }).inputValue(), 'email');
  assert.equal(await page.getByLabel('Meaning of contract').inputValue(), 'trait');
  await page.getByLabel('Default country').fill('US');
  await picture('mapping');
  // an import with consent starts only once its reading is confirmed
  assert.equal(await button('Start import').isDisabled(), true);
  await see(/[\d,]+ would be subscribed, [\d,]+ unsubscribed, [\d,]+ left unchanged/);
  await page.getByLabel(/^I have checked how "marketing_consent" is read/).check();
  await picture('consent', page.getByRole('region', { name: /^Consent in / }));
  await button('Start import').first().click();
  await see('Import results');
  await see('Enough traits for personas');
  const [file] = await Promise.all([page.waitForEvent('download'), button(/^Rejects/).click()]);
  assert.match(file.suggestedFilename(), /rejects\.csv$/);
  await picture('dataset');
}

export async function importOrders(): Promise<void> {
  await upload(join(world.folder, 'demo', 'orders.csv'), 'orders.csv');
  assert.equal(await page.getByLabel('Kind of event').inputValue(), 'order');
  await button('Start import').first().click();
  await see('Import results');
  await visit('Datasets');
  await picture('datasets');
}

export async function buildCohort(): Promise<void> {
  await visit('Cohorts');
  await page.getByRole('link', { name: 'New cohort' }).first().click();
  await world.forgiving(async () => {
    await button('Save cohort').click();
    await see(/name must have at least one visible character/);
  });
  await page.getByRole('textbox', { name: 'Name' }).first().fill('Active customers');
  await addCondition('Trait');
  await choose('Trait', 'churn');
  await page.getByLabel('Operator').selectOption('is');
  await page.getByLabel('Value', { exact: true }).selectOption('no');
  await addCondition('Event');
  await page.getByLabel('Amount').last().fill('1');
  await see(/of 7,043 contacts \(7\d %\)/);
  await picture('cohort');
  await page.getByRole('tab', { name: 'JSON' }).click();
  assert.match(await page.getByLabel('Condition as JSON').inputValue(), /"trait": "churn"/);
  await button('Save cohort').click();
  await heading('Active customers');
  await see(/churn is false/);
}

export async function trainPersonas(): Promise<void> {
  await visit('Personas');
  await button('Train personas').first().click();
  await page.getByRole('textbox', { name: 'Name' }).first().fill('Customers');
  await page.getByText('I choose').click();
  for (const trait of TRAITS) await choose('Traits to cluster on', trait);
  await page.keyboard.press('Escape');
  await button('Start training').click();
  await heading('Customers');
  const cards = page.getByRole('article');
  await cards.first().waitFor({ timeout: 180_000 });
  assert.ok((await cards.count()) >= 2, 'there are several personas');

  await button('Full profile').first().click();
  await see('marks everyone; bold is beyond chance');
  await picture('profile');
  await page.keyboard.press('Escape');

  await cards.first().getByRole('button', { name: 'Edit' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Settled regulars');
  await dialog.getByLabel('Offer').fill('A second line at half price');
  await dialog.getByLabel('Tone').fill('warm, plain');
  await button('Save persona').click();
  await dialog.waitFor({ state: 'detached' });
  await see('Settled regulars');

  await page.getByRole('tab', { name: 'Quality and traits' }).click();
  await see('Variance explained');
  await picture('quality');
  await page.getByRole('tab', { name: 'Personas' }).click();
  await button(/^Publish version 1/).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
  await see('Version 1 is live.');
  await page.waitForTimeout(300);
  await quiet();
  await picture('personas');
}

export async function buildAudience(): Promise<void> {
  await visit('Audiences');
  await page.getByRole('link', { name: 'New audience' }).first().click();
  await page.getByRole('textbox', { name: 'Name' }).first().fill('Spring campaign');
  await choose('Cohorts', 'Active customers');
  await page.keyboard.press('Escape');
  await addCondition('Contactable by');
  await choose('Persona set', 'Customers');
  await see('Settled regulars');
  await see('Can be reached by');
  const size = (await page.getByTestId('audience-size').textContent()) ?? '';
  assert.match(size, /^\d,\d{3}$/);
  await quiet();
  await picture('audience');
  await button('Save audience').click();
  await heading('Spring campaign');
}

export async function connect(): Promise<void> {
  const { adAccountId, accessToken, appSecret } = world.sandbox.credentials.facebook;
  await visit('Connections');
  await page.getByRole('link', { name: 'New connection' }).first().click();
  await page.getByText('Facebook', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Name' }).first().fill('Meta, main account');
  await page.getByLabel(/^Ad account id/).fill(adAccountId);
  await page.getByLabel(/^Access token/).fill(accessToken);
  await page.getByLabel(/^App secret/).fill(appSecret);
  await button('Save and check').click();
  await page.getByRole('img', { name: 'Met', exact: true }).first().waitFor();
  assert.equal(await page.getByRole('img', { name: 'Not met' }).count(), 0);
  await picture('connection');
}

export async function connectWrongly(): Promise<void> {
  await visit('Connections');
  await page.getByRole('link', { name: 'New connection' }).first().click();
  await page.getByText('Facebook', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Name' }).first().fill('Meta, old token');
  await page.getByLabel(/^Access token/).fill('EAAnotATokenAtAll');
  await world.forgiving(async () => {
    await button('Save and check').click();
    await see('adAccountId must be digits, with or without act_ in front');
  });
  await page.getByLabel(/^Ad account id/).fill('1');
  await button('Save and check').click();
  await page.getByRole('img', { name: 'Not met' }).first().waitFor();
}

async function upload(file: string, name: string): Promise<void> {
  await visit('Datasets');
  await page.locator('input[type=file]').setInputFiles(file);
  await heading(name);
}

const TRAITS = [
  'tenure',
  'monthly_charges',
  'contract',
  'internet_service',
  'payment_method',
  'partner',
  'tech_support',
];
