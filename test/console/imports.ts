import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { button, heading, page, picture, see, visit, world } from './screen.ts';

const PRODUCTS = 'Handle,Title,Vendor,Variant Price\nfern-0,Fern,Acme,10.00\nivy-1,Ivy,Acme,11.00\n';
const ORDERS = `${[
  'Name,Email,Financial Status,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem sku,Cancelled at,Refunded Amount,Id',
  '#1,ann@shop.example,paid,USD,30.00,2026-09-01 09:30:00 -0400,1,Fern,F-1,,0.00,501',
  '#1,ann@shop.example,,,,2026-09-01 09:30:00 -0400,2,Ivy,I-1,,,',
  '#2,bob@shop.example,refunded,USD,10.00,2026-09-02 09:30:00 -0400,1,Fern,F-1,,10.00,502',
  '#3,cat@shop.example,voided,USD,10.00,2026-09-03 09:30:00 -0400,1,Fern,F-1,2026-09-04 09:30:00 -0400,0.00,503',
].join('\n')}\n`;

export async function chooseKey(): Promise<void> {
  await upload('products.csv', PRODUCTS);
  await see('Reach found no column that tells people apart.');
  assert.equal(await button('Start import').isDisabled(), true);
  await picture('no-key');
  await page.getByLabel('Key', { exact: true }).selectOption('Handle');
  await page.getByText('Reach found no column that tells people apart.').waitFor({ state: 'detached' });
  assert.equal(await button('Start import').isEnabled(), true);
}

export async function keepOrderReading(): Promise<void> {
  await upload('sales.csv', ORDERS);
  const reading = /rows with the same Name are the items of one order.*cancelled from Cancelled at/;
  await see(reading);
  await button('Remove event').click();
  await page.getByText(reading).waitFor({ state: 'detached' });
  await button('Add an event').click();
  await page.getByLabel('Value', { exact: true }).selectOption('Refunded Amount');
  await page.getByLabel('Value', { exact: true }).selectOption('Total');
  await see(reading);
  await page.getByLabel('Create contacts for unknown people').check();
  await picture('orders-mapping');
  await button('Start import').click();
  await see('Import results');
  for (const [label, count] of [
    ['Imported', 1],
    ['Fully refunded', 1],
    ['Cancelled', 1],
    ['Test, skipped', 0],
  ] as const)
    assert.equal(await figure(label), String(count), label);
  await picture('orders-imported');
}

export async function replaceFile(): Promise<void> {
  await see('The file was deleted after its import. Upload it again.');
  assert.equal(await button('Import again').isDisabled(), true);
  await world.forgiving(async () => {
    await page.locator('input[type=file]').setInputFiles(file('sales-october.csv', ORDERS.replaceAll('-09-', '-10-')));
    await see(/sales-october\.csv differs from the imported file sales\.csv/);
  });
  await picture('replace-file');
  await button('Replace the file').click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByText('The file is no longer stored').waitFor({ state: 'detached' });
  assert.equal(await button('Import again').isEnabled(), true);
}

export async function explainProblems(): Promise<void> {
  await page.getByLabel('Meaning of Email').selectOption('city');
  await world.forgiving(async () => {
    await button('Import again').click();
    await see('"City" does not tell people apart.');
  });
  const problems = page.getByRole('alert').filter({ hasText: 'The import could not start' });
  assert.doesNotMatch((await problems.textContent()) ?? '', /mapping\.|columns\[/);
  await picture('import-problems', problems);
}

const figure = (label: string): Promise<string | null> =>
  page.getByText(label, { exact: true }).locator('xpath=following-sibling::*[1]').first().textContent();

function file(name: string, text: string): string {
  const path = join(world.folder, name);
  writeFileSync(path, text);
  return path;
}

async function upload(name: string, text: string): Promise<void> {
  await visit('Datasets');
  await page.locator('input[type=file]').setInputFiles(file(name, text));
  await heading(name);
}
