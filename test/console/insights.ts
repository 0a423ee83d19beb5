import { strict as assert } from 'node:assert';
import { readFile } from 'node:fs/promises';
import { button, page, picture, see, visit } from './screen.ts';

export async function dashboard(): Promise<void> {
  await visit('Dashboard');
  await page.getByLabel('Revenue by persona over time').waitFor();
  await see(/^[\d,.]+ in [\d,]+ orders/);
  await page.getByText('Persona today').click();
  await page.getByText('Average order', { exact: true }).first().click();
  await page.getByLabel('Average order by persona over time').waitFor();
  await page.getByLabel('Makeup over time', { exact: true }).last().waitFor();
  await page.getByRole('table', { name: 'Size and spend' }).getByRole('row').nth(2).waitFor();
  await page
    .getByRole('table', { name: 'Flow' })
    .getByRole('row', { name: /^No persona/ })
    .waitFor();
  await page.getByLabel('Conversion by persona over time').waitFor();
  await see(/^[\d,]+ members/);
  await picture('dashboard');
}

export async function explore(): Promise<void> {
  await visit('Explore');
  const traits = page.getByRole('table', { name: 'Traits by difference' });
  await traits.getByRole('row').nth(10).waitFor();
  await button(/^Tenure/).click();
  await page.getByRole('table', { name: 'Quantiles' }).waitFor();
  const saved = page.waitForEvent('download');
  await button('CSV of all traits').click();
  const lines = (await readFile(await (await saved).path(), 'utf8')).split('\n');
  assert.match(lines[0]!, /^trait,type,knownA,.*,asOf$/);
  assert.ok(lines.length > 10, 'every trait is in the file');
  await picture('explore');
  await page.getByLabel('Second group', { exact: true }).selectOption('everyone');
  await see(/are in both and count in the first only/);
  await page.getByLabel('First group', { exact: true }).selectOption('cohort');
  await see('Choose two groups');
  await page.getByRole('combobox', { name: 'First group: which' }).click();
  await page.getByRole('listbox', { name: 'First group: which' }).getByRole('option').first().click();
  await traits.getByRole('row').nth(10).waitFor();
}
