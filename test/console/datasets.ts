import { button, choose, heading, page, picture, see, visit } from './screen.ts';

export async function manageDataset(): Promise<void> {
  await visit('Datasets');
  await page.getByRole('link', { name: 'orders.csv' }).first().click();
  await heading('orders.csv');
  await pick('Rename');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Orders');
  await save();
  await heading('Orders');
  await pick('Expected file');
  await choose('New file expected', 'Every day');
  await save();
  await pick('Delete');
  await page.getByLabel('Delete what only this dataset added').check();
  await see(/events are deleted/);
  await picture('delete-dataset');
  await button('Cancel').click();
  await heading('Orders');
}

async function pick(action: string): Promise<void> {
  await button('More actions').click();
  await page.getByRole('menuitem', { name: action, exact: true }).click();
}

/** Saves what a dialog asks for, and waits until the dialog is closed. */
async function save(): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}
