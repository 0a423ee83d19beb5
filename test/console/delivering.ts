import { strict as assert } from 'node:assert';
import { button, finished, heading, page, picture, quiet, see, visit, world } from './screen.ts';

export async function deliver(): Promise<void> {
  await visit('Deliveries');
  await page.getByRole('link', { name: 'New delivery' }).first().click();
  await page.getByRole('radio', { name: /Spring campaign/ }).click();
  await button('Continue').click();
  await page.getByRole('radio', { name: /Meta, main account/ }).click();
  await button('Continue').click();
  assert.ok(await page.getByLabel('Split delivery by persona for personalized outreach').isChecked());
  await page.getByLabel('Name of the delivery').fill('Spring campaign on Meta');
  await see('Spring campaign – Settled regulars');
  await page.getByLabel('Attach the creatives that match each segment').check();
  await quiet();
  await picture('delivery-wizard');
  await button('Continue').click();
  await page.getByLabel('Country of contacts that name none').fill('US');
  await picture('delivery-data');
  await button('Continue').click();
  await page.getByLabel('Oldest data').fill('0');
  await picture('delivery-rules');
  await button('Save and dry run').click();
  await see('Together');
  await see('A run would be held for a person to look at');
  await see(/cannot judge anybody without taking them/);
  assert.equal(await button('Let the platform check it too').count(), 0);
  await picture('dry-run');
  await button('Run now').click();
  await page.getByRole('list', { name: 'States' }).waitFor();
}

export async function approve(): Promise<void> {
  await see('This run is held: nothing is sent until you decide', 180_000);
  await see(/^The newest import is 0 hours old; the limit is 0 hours/);
  const run = new URL(page.url()).pathname;
  await picture('held-run');
  await visit('Overview');
  await page.getByRole('link', { name: 'Run of Spring campaign on Meta is held' }).click();
  await page.waitForURL(`**${run}`);
  assert.equal(usersCalls(), 0, 'nothing was sent before the decision');
  await page.getByLabel('Note', { exact: true }).fill('Imported this morning');
  await button('Approve and send').click();
  await finished(/^Confirmed( with rejects)?$/);
  await see(/^Approved by /);
  await see(/Imported this morning/);
}

export async function evidence(): Promise<void> {
  const segments = page.getByRole('region', { name: 'Segments' }).getByRole('article');
  assert.ok((await segments.count()) >= 2, 'one segment a persona');
  await see('Who did not simply arrive, and why');
  await segments.getByRole('link', { name: 'Room for one more?' }).waitFor();
  assert.ok(usersCalls() > 0, 'the platform was called');
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

export async function changeRules(): Promise<void> {
  await openDelivery();
  await button('Edit guards and schedule').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Oldest data').fill('');
  await dialog.getByLabel('Cron expression').fill('every morning');
  await world.forgiving(async () => {
    await button('Save delivery').click();
    await dialog.getByRole('alert').waitFor();
  });
  await dialog.getByLabel('Cron expression').fill('0 6 * * 1');
  await dialog.getByLabel('After every finished import').check();
  await picture('edit-rules');
  await button('Save delivery').click();
  await dialog.waitFor({ state: 'detached' });
  await see('0 6 * * 1 (UTC), after each import');
  await button('Pause').click();
  await see('Paused');
  await button('Resume').click();
  await button('Pause').waitFor();
  await picture('delivery');
}

export async function runAgain(): Promise<void> {
  const before = page.url();
  await button('Run now').click();
  await page.waitForURL((url) => url.href !== before);
  await finished(/^Unchanged$/);
  await see('Nothing was sent.');
  const compared = page.getByRole('region', { name: 'Compared with the previous run' });
  await compared.getByRole('cell', { name: 'Stayed' }).first().waitFor();
  assert.equal(await compared.getByRole('cell', { name: /^(Came|Went|Moved)$/ }).count(), 0);
}

export async function reject(): Promise<void> {
  await openDelivery();
  await button('Edit guards and schedule').click();
  await page.getByRole('dialog').getByLabel('Oldest data').fill('0');
  await button('Save delivery').click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const calls = usersCalls();
  await button('Other ways to run').click();
  await page.getByRole('menuitem', { name: /^Full resync/ }).click();
  await see(/full resync/, 180_000);
  await button(/^Reject$/).click();
  await finished(/^Rejected$/);
  await see(/^Rejected by /);
  assert.equal(usersCalls(), calls, 'nothing was sent');
}

async function openDelivery(): Promise<void> {
  await visit('Deliveries');
  await page.getByRole('link', { name: 'Spring campaign on Meta' }).click();
  await heading('Spring campaign on Meta');
}

/** How often the platform was sent members. */
const usersCalls = (): number => [...world.sandbox.requests].filter(({ path }) => /users/.test(path)).length;
