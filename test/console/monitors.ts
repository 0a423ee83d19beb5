import { button, heading, page, picture, quiet, see, visit, world } from './screen.ts';

/** Cuts the bands of an outcome, twice by the same name at first, and says from which drift on it alarms. */
export async function watch(): Promise<void> {
  await visit('Monitors');
  await see('No monitors yet');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Active customers, daily');
  await page.getByLabel('Personas of').selectOption({ label: 'Customers' });
  await page.getByLabel('Cohort').selectOption({ label: 'Active customers' });
  await page.getByLabel('Tell').selectOption({ label: 'Mail house' });
  await button('Add an outcome').click();
  const bands = page.getByRole('group', { name: 'Bands of Stays a customer' });
  await bands.getByText('best 20 %').waitFor();
  await bands.getByLabel('Band 1 from percentile').fill('90');
  await bands.getByText('best 10 %').waitFor();
  await bands.getByLabel('Name of band 2').fill('high');
  await page.getByLabel('Alert when drift is above').fill('0.1');
  await world.forgiving(async () => {
    await button('Create monitor').click();
    await bands.getByText('Another band has this name or begins there.').waitFor();
  });
  await picture('monitor-form');
  await bands.getByLabel('Name of band 2').fill('middle');
  await button('Create monitor').click();
  await heading('Active customers, daily');
  await see('high from 90 (best 10 %), middle from 50 (next 40 %), low from 0 (last 50 %)');
  await see('Above 0.1 raises an alert');
}

/** Two runs, the drift of the second against the limit, and a new start from there. */
export async function drift(): Promise<void> {
  await button('Run now').click();
  await see('Measured from here', 120_000);
  await button('Run now').click();
  const bands = page.getByRole('group', { name: 'Drift of Bands of Stays a customer' });
  await bands.getByText('Within the limit of 0.1').waitFor({ timeout: 120_000 });
  await bands.getByText('Every share is as it was.').waitFor();
  await page.getByRole('group', { name: 'Drift of Personas' }).waitFor();
  await quiet();
  await picture('monitor');
  await button('Edit').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Alert when drift is above').fill('');
  await picture('monitor-edit');
  await dialog.getByRole('button', { name: 'Save monitor' }).click();
  await dialog.waitFor({ state: 'detached' });
  await bands.getByText('No limit').waitFor();
  await see('Raises no alert');
  await button('Measure from here').click();
  await see('The last run is what later ones are measured from.');
}
