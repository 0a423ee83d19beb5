import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { button, page, picture, quiet, see, visit, world } from './screen.ts';

export async function oneContact(): Promise<void> {
  await visit('Contacts');
  await page.getByLabel('Identifier', { exact: true }).fill('nobody@example.com');
  await button('Look up').click();
  await see('Nobody has this identifier.');
  await page.getByLabel('By', { exact: true }).selectOption('externalId');
  await page.getByLabel('Identifier', { exact: true }).fill(await deliveredCustomer());
  await button('Look up').click();
  await page.locator('main tbody a').first().click();
  await page.getByRole('cell', { name: 'There' }).first().waitFor();
  await button('Show payload').click();
  await page.getByLabel('As it is sent').waitFor();
  await picture('contact');
}

export async function privacy(): Promise<void> {
  await visit('Privacy');
  await button('Add group').click();
  await button('Save policy').click();
  await see('Consent policy saved.');
  await page.getByLabel('Identifiers').fill('someone@example.com\nother@example.com');
  await button('Add to list').click();
  await see('2 identifiers changed on default.');
  await page.getByRole('row', { name: /^default 2 / }).waitFor();
  await page.getByLabel('Identifiers').fill('other@example.com');
  await button('Take off list').click();
  await page.getByRole('row', { name: /^default 1 / }).waitFor();
  await picture('privacy');
}

export async function alerts(): Promise<void> {
  const told: string[] = [];
  const receiver = createServer((request, response) => {
    request.on('data', (chunk) => told.push(String(chunk))).on('end', () => response.end());
  }).listen(0, '127.0.0.1');
  try {
    await once(receiver, 'listening');
    await visit('Alerts');
    await see('A run is held');
    await page.getByLabel('URL').fill(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`);
    await button('Add channel').click();
    assert.match((await page.getByLabel('Signing key', { exact: true }).textContent()) ?? '', /^[\w-]{32}$/);
    await picture('alerts');
    await button('Send test').click();
    await see('The receiver took it.');
    assert.match(told.join(''), /"alert\.test"/);
    await button('Delete').click();
    await button('Delete channel').click();
    await see('Nobody is told yet');
  } finally {
    receiver.close();
  }
}

export async function overview(): Promise<void> {
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

export async function narrow(): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const place of PLACES) {
    await button('Navigation').click();
    await visit(place);
    await fits(place);
    const first = page.locator('main tbody a, main a[href^="/personas/"]').first();
    if (WITHOUT_PAGES.has(place)) continue;
    await first.click();
    await page.getByRole('navigation', { name: 'Breadcrumbs' }).waitFor();
    await fits(`the first of ${place}`);
    if (place !== 'Deliveries') continue;
    await page.getByRole('link', { name: /^run_/ }).first().click();
    await page.getByRole('list', { name: 'States' }).waitFor();
    await fits('a run');
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

export async function signOut(): Promise<void> {
  await page.getByRole('button', { name: /^Signed in as/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByLabel('API key', { exact: true }).waitFor();
  assert.equal(await page.evaluate('sessionStorage.length'), 0, 'the key is forgotten');
}

async function fits(what: string): Promise<void> {
  await page.waitForLoadState('networkidle');
  const over = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
  assert.ok(over <= 0, `${what} is ${over} px wider than a telephone`);
  await picture(`narrow-${what.replaceAll(/\W+/g, '-').toLowerCase()}`);
}

/** The id of a customer who stayed, ordered, consented and has a usable address: one who was delivered. */
async function deliveredCustomer(): Promise<string> {
  const lines = async (name: string) => (await readFile(join(world.folder, 'demo', name), 'utf8')).split('\n');
  const ordered = new Set((await lines('orders.csv')).map((line) => line.split(',')[1]));
  const usable = /^C-\d+,[\w.]+@example\.\w+,.*,granted,.*,(No|0)$/;
  const line = (await lines('customers.csv')).find((row) => usable.test(row) && ordered.has(row.split(',')[0]));
  return line!.split(',')[0]!;
}

const PLACES = [
  'Overview',
  'Dashboard',
  'Explore',
  'Datasets',
  'Contacts',
  'Cohorts',
  'Personas',
  'Creatives',
  'Audiences',
  'Connections',
  'Deliveries',
  'Monitors',
  'Privacy',
  'Alerts',
];
/** Places that list nothing with a page of its own. */
const WITHOUT_PAGES = new Set(['Overview', 'Dashboard', 'Explore', 'Contacts', 'Privacy', 'Alerts']);
