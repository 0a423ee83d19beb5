import { strict as assert } from 'node:assert';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Locator, Page } from 'playwright-core';
import { writeDemoData } from '../sandbox/demo/dataset.ts';
import { type ConsoleUnderTest, KEY, startConsole } from './support/console.ts';

/**
 * The console as a person uses it: from an empty installation to a confirmed delivery, in a real browser against the
 * built service and the sandbox. Fails on anything wrong on a page, in its console or on its network.
 * `node test/console.e2e.ts [--screenshots]` writes pictures to docs/images; `--to folder` writes every one elsewhere.
 */
const { values: options } = parseArgs({
  options: { screenshots: { type: 'boolean', default: false }, to: { type: 'string' } },
});
const pictures = options.to ?? (options.screenshots ? 'docs/images' : undefined);

let world: ConsoleUnderTest;
let page: Page;
let passed = 0;

async function main(): Promise<void> {
  world = await startConsole();
  page = world.page;
  try {
    await step('refuses an unknown key and opens with a known one', signIn);
    await step('shows an empty installation what to do', emptyOverview);
    await step('imports contacts by their suggested mapping', importContacts);
    await step('imports orders as events', importOrders);
    await step('builds a cohort and shows its size', buildCohort);
    await step('trains personas, shows them whole, renames one and publishes', trainPersonas);
    await step('builds an audience with drop-off and personas', buildAudience);
    await step('connects a destination by the fields it declares and checks it', connect);
    await step('shows a failing prerequisite in words', connectWrongly);
    await step('puts a delivery together, dry runs it and runs it', deliver);
    await step('shows the evidence of the run', evidence);
    await step('sends nothing when nothing changed', runAgain);
    await step('shows on the overview what there is', overview);
    await step('fits a telephone', narrow);
    await step('signs out', signOut);
    process.stdout.write(`\n${passed} passed, 0 failed\n`);
  } catch (error) {
    await page.screenshot({ path: join(world.folder, '..', 'console-e2e-failure.png') }).catch(() => undefined);
    process.stdout.write(`\n${String((error as Error).stack ?? error)}\n${passed} passed, 1 failed\n`);
    process.exitCode = 1;
  } finally {
    await world.close();
  }
}

async function step(name: string, run: () => Promise<void>): Promise<void> {
  const start = Date.now();
  process.stdout.write(`- ${name} … `);
  await run();
  assert.deepEqual(world.faults, [], 'the browser met faults');
  passed++;
  process.stdout.write(`${((Date.now() - start) / 1000).toFixed(1)} s\n`);
}

async function signIn(): Promise<void> {
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

async function emptyOverview(): Promise<void> {
  await visit('Overview');
  await see('0 of 5 steps done');
  await see('Nothing was delivered yet');
}

async function importContacts(): Promise<void> {
  const data = await writeDemoData(join(world.folder, 'demo'), new Date('2026-11-01'), 1);
  await upload(data.contactsFile, 'customers.csv');
  assert.equal(await page.getByLabel('Meaning of email', { exact: true }).inputValue(), 'email');
  assert.equal(await page.getByLabel('Meaning of contract').inputValue(), 'trait');
  await page.getByLabel('Country of rows that name none').fill('US');
  await picture('mapping');
  await button('Start import').first().click();
  await see('What became of the rows');
  await see('Enough traits for personas');
  const [file] = await Promise.all([page.waitForEvent('download'), button(/^Rejects/).click()]);
  assert.match(file.suggestedFilename(), /rejects\.csv$/);
  await picture('dataset');
}

async function importOrders(): Promise<void> {
  await upload(join(world.folder, 'demo', 'orders.csv'), 'orders.csv');
  assert.equal(await page.getByLabel('Kind of event').inputValue(), 'order');
  await button('Start import').first().click();
  await see('What became of the rows');
  await visit('Datasets');
  await picture('datasets');
}

async function buildCohort(): Promise<void> {
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

async function trainPersonas(): Promise<void> {
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

async function buildAudience(): Promise<void> {
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

async function connect(): Promise<void> {
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

async function connectWrongly(): Promise<void> {
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

async function deliver(): Promise<void> {
  await visit('Deliveries');
  await page.getByRole('link', { name: 'New delivery' }).first().click();
  await page.getByRole('radio', { name: /Spring campaign/ }).click();
  await button('Continue').click();
  await page.getByRole('radio', { name: /Meta, main account/ }).click();
  await button('Continue').click();
  assert.ok(await page.getByLabel('Split delivery by persona for personalized outreach').isChecked());
  await page.getByLabel('Name of the delivery').fill('Spring campaign on Meta');
  await see('Spring campaign – Settled regulars');
  await quiet();
  await picture('delivery-wizard');
  await button('Continue').click();
  await page.getByLabel('Country of contacts that name none').fill('US');
  await picture('delivery-data');
  await button('Save and dry run').click();
  await see('Together');
  await picture('dry-run');
  await button('Run now').click();
  await page.getByRole('list', { name: 'States' }).waitFor();
  await finished(/^Confirmed( with rejects)?$/);
}

async function evidence(): Promise<void> {
  const segments = page.getByRole('region', { name: 'Segments' }).getByRole('article');
  assert.ok((await segments.count()) >= 2, 'one segment a persona');
  await see('Who did not simply arrive, and why');
  const held = [...world.sandbox.requests].filter(({ path }) => /users/.test(path));
  assert.ok(held.length > 0, 'the platform was called');
  assert.deepEqual(world.sandbox.violations, [], 'the platform was sent nothing that it must not be sent');
  const [file] = await Promise.all([page.waitForEvent('download'), button('rejects.csv').click()]);
  assert.match(file.suggestedFilename(), /rejects\.csv$/);
  await page.getByRole('tab', { name: /^Batches/ }).waitFor();
  await page.getByRole('columnheader', { name: 'Vendor request id' }).first().waitFor();
  await page.getByRole('tab', { name: 'Vendor calls' }).click();
  await see(/POST/);
  await quiet();
  await picture('run');
}

async function runAgain(): Promise<void> {
  const before = page.url();
  await button('Run now').click();
  await page.waitForURL((url) => url.href !== before);
  await finished(/^Unchanged$/);
  await see('Nothing was sent.');
}

async function overview(): Promise<void> {
  await visit('Overview');
  await see('Connection Meta, old token is failing');
  await page.getByRole('cell', { name: 'Spring campaign on Meta' }).first().waitFor();
  await quiet();
  await picture('overview');
  await button('Use dark colours').click();
  await page.waitForTimeout(300);
  await picture('overview-dark');
  await button('Use light colours').click();
}

async function narrow(): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const place of ['Overview', 'Datasets', 'Cohorts', 'Personas', 'Audiences', 'Connections', 'Deliveries']) {
    await button('Navigation').click();
    await visit(place);
    await fits(place);
    const first = page.locator('main tbody a, main a[href^="/personas/"]').first();
    if (place === 'Overview') continue;
    await first.click();
    await page.getByRole('navigation', { name: 'Breadcrumbs' }).waitFor();
    await fits(`the first of ${place}`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

async function signOut(): Promise<void> {
  await page.getByRole('button', { name: /^Signed in as/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByLabel('API key', { exact: true }).waitFor();
  assert.equal(await page.evaluate('sessionStorage.length'), 0, 'the key is forgotten');
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

const button = (name: string | RegExp): Locator => page.getByRole('button', { name });

const see = (text: string | RegExp, timeout?: number): Promise<void> =>
  page.getByText(text).filter({ visible: true }).first().waitFor({ timeout });

const heading = (name: string): Promise<void> => page.getByRole('heading', { level: 1, name }).waitFor();

/** Waits until the run on the page is finished, with a verdict. */
async function finished(verdict: RegExp): Promise<void> {
  await button('Run now').waitFor({ timeout: 180_000 });
  await page.locator('.mantine-Badge-root').filter({ hasText: verdict }).first().waitFor();
}

async function visit(place: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name: place }).click();
  await heading(place);
}

async function upload(file: string, name: string): Promise<void> {
  await visit('Datasets');
  await page.locator('input[type=file]').setInputFiles(file);
  await heading(name);
}

async function addCondition(kind: string): Promise<void> {
  await button('Add condition').first().click();
  await page.getByRole('menuitem', { name: kind }).click();
}

/** Picks an option of a list that opens, by typing what it is called. */
async function choose(label: string, option: string): Promise<void> {
  const field = page
    .getByRole('combobox', { name: label, exact: true })
    .or(page.getByRole('textbox', { name: label, exact: true }));
  await field.first().click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

/** Waits until messages that pop up are gone, and whatever is being asked is answered. */
async function quiet(): Promise<void> {
  await page.locator('.mantine-Notification-root').first().waitFor({ state: 'detached' });
  await page.waitForLoadState('networkidle');
}

async function fits(what: string): Promise<void> {
  await page.waitForLoadState('networkidle');
  const over = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
  assert.ok(over <= 0, `${what} is ${over} px wider than a telephone`);
  await picture(`narrow-${what.replaceAll(/\W+/g, '-').toLowerCase()}`);
}

/** The pictures that docs show; others are written only with `--to`. */
const SHOWN = new Set(['overview', 'personas', 'audience', 'delivery-wizard', 'run']);

async function picture(name: string): Promise<void> {
  if (!pictures || (!options.to && !SHOWN.has(name))) return;
  mkdirSync(pictures, { recursive: true });
  await page.evaluate('scrollTo(0, 0)');
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

await main();
