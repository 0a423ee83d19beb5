import { strict as assert } from 'node:assert';
import { button, choose, heading, page, picture, quiet, see, visit, world } from './screen.ts';

/** Writes one with a rule that the service refuses first, and sees it take shape. */
export async function writeCreative(): Promise<void> {
  await visit('Creatives');
  await page.getByRole('link', { name: 'New creative' }).first().click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Second line, warm');
  await page.getByLabel('Headline').fill('Room for one more?');
  await page.getByLabel('Body').fill('A second line at half price, for as long as you stay.');
  await page.getByLabel('Image').fill('http://cdn.example.com/line.jpg');
  await page.getByLabel('Call to action').fill('Add a line');
  await page.getByLabel('Link').fill('https://www.example.com/second-line');
  await addRule('Persona');
  await see('Settled regulars');
  await addRule('Trait');
  await choose('Trait', 'tenure');
  await page.getByLabel('Measure', { exact: true }).selectOption('average');
  await page.getByLabel('Number', { exact: true }).fill('1');
  await addRule('Tone');
  await world.forgiving(async () => {
    await button('Save creative').click();
    await see('imageUrl must be an https address without credentials');
    await page.getByLabel('Image').fill('https://cdn.example.com/line.jpg');
    await button('Save creative').click();
    await see('tone must not be empty.');
  });
  await page.getByRole('textbox', { name: 'Tone' }).fill('Warm, plain');
  const preview = page.getByRole('figure', { name: 'Preview' });
  await preview.getByText('Room for one more?').waitFor();
  await preview.getByText('www.example.com').waitFor();
  await picture('creative');
  await button('Save creative').click();
  await heading('Second line, warm');
}

/** Who has a creative, who has none, and which comes nearest. */
export async function coverage(): Promise<void> {
  await visit('Creatives');
  const covered = page.getByRole('region', { name: 'Coverage' });
  await covered.getByText('It is Settled regulars, which the creative names.').waitFor();
  assert.ok((await covered.getByText('No creative').count()) >= 1, 'some persona has no creative');
  await covered
    .getByText(/^Second line, warm comes nearest: It is not Settled regulars\./)
    .first()
    .waitFor();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    covered.getByRole('button', { name: 'CSV' }).click(),
  ]);
  assert.match(file.suggestedFilename(), /coverage\.csv$/);
  await quiet();
  await picture('creatives');
}

async function addRule(kind: string): Promise<void> {
  await button('Add rule').first().click();
  await page.getByRole('menuitem', { name: kind, exact: true }).click();
}

/** Pins a creative to a persona that its rules do not name, as the delivery carries it, and takes it off again. */
export async function pin(): Promise<void> {
  const covered = page.getByRole('region', { name: 'Coverage' });
  const reason = covered.getByText('Pinned by Spring campaign on Meta, whatever its rules and channels.');
  const asDelivered = async () => {
    await visit('Creatives');
    await choose('Delivery', 'Spring campaign on Meta');
  };
  await asDelivered();
  await covered
    .getByLabel(/^Pin a creative to (?!Settled regulars)/)
    .first()
    .click();
  await page.getByRole('option', { name: 'Second line, warm', exact: true }).click();
  await reason.waitFor();
  await covered.getByText('Pinned', { exact: true }).waitFor();
  await quiet();
  await picture('pins');
  await visit('Overview');
  await asDelivered();
  await reason.waitFor();
  await button(/^Unpin Second line, warm from /).click();
  await reason.waitFor({ state: 'detached' });
}
