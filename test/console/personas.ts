import { strict as assert } from 'node:assert';
import { button, choose, page, picture, see } from './screen.ts';

const tab = (name: string) => page.getByRole('tab', { name }).click();
const cards = () => page.getByRole('article');

/** Merges two of the published personas into a draft, compares it, and leaves what is live alone. */
export async function reviewDrafts(): Promise<void> {
  const [live, names] = [await cards().count(), await cards().getByRole('heading').allTextContents()];
  await pin(names[0]!);
  await button('Merge').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Personas that become one').first().click();
  for (const name of names.slice(1, 3))
    await page.getByRole('option', { name: new RegExp(`^${escaped(name)} \\(`) }).click();
  await page.keyboard.press('Escape');
  await choosePersona('Whose key, name, brief and remote audience stay', names[1]!);
  await picture('persona-merge');
  await dialog.getByRole('button', { name: 'Make draft' }).click();
  await see(/merged 2 personas of version 1 into/, 180_000);
  assert.equal(await cards().count(), live - 1, 'there is one persona fewer');

  await tab('Compare');
  await see('Who would move');
  await page.getByText('Merged', { exact: true }).waitFor();
  await picture('persona-compare');
  await tab('Drift');
  await see('Drift since version 2 was trained');
  await picture('persona-drift');

  await tab('Personas');
  await cards().last().getByRole('button', { name: 'Split' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Make draft' }).click();
  await see(/split .* of version 2 into 2/, 180_000);
  assert.equal(await cards().count(), live, 'there is one persona more');
  await choose('Version', 'Version 1 (published)');
  await button(/^Publish version/).waitFor({ state: 'detached' });
}

/** Pins a persona and lets it go again. */
async function pin(name: string): Promise<void> {
  const card = page.getByRole('article', { name });
  await card.getByRole('button', { name: 'Pin' }).click();
  await card.getByText('Pinned').waitFor();
  await picture('persona-pinned');
  await card.getByRole('button', { name: 'Unpin' }).click();
  await card.getByText('Pinned').waitFor({ state: 'detached' });
}

async function choosePersona(label: string, name: string): Promise<void> {
  await page.getByRole('dialog').getByLabel(label).first().click();
  await page
    .getByRole('option', { name: new RegExp(`^${escaped(name)} \\(`) })
    .last()
    .click();
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
