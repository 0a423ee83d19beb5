import { strict as assert } from 'node:assert';
import { button, choose, heading, page, picture, see, visit, world } from './screen.ts';

/** A login with a key that Reach makes, to a server whose host key a person confirms, the first and a changed one. */
export async function keys(): Promise<void> {
  const { host, port, username, directory } = world.sandbox.credentials.sftp;
  await visit('Connections');
  await page.getByRole('link', { name: 'New connection' }).first().click();
  await page.getByText('SFTP', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Name' }).first().fill('Mail house');
  await page.getByLabel(/^Host( \*)?$/).fill(host);
  await page.getByLabel('Port', { exact: true }).fill(String(port));
  await page.getByLabel(/^User name/).fill(username);
  await page.getByLabel('Folder', { exact: true }).fill(directory);
  await choose('Login', 'generated');
  await button('Save and check').click();
  await heading('Mail house');
  await confirmHostKey('Confirm', 'Confirm it');
  const publicKey = (await page.getByLabel('Public key').textContent()) ?? '';
  assert.match(publicKey, /^ssh-ed25519 \S+ reach-con_/);
  world.sandbox.sftp.authorize(publicKey);
  await button('Check now').click();
  await see('Ready');
  world.sandbox.sftp.changeHostKey();
  await button('Check now').click();
  await see('Stopped: no run starts before this is put right.');
  await picture('host-key');
  await confirmHostKey('Accept the new one', 'Accept the new one');
  await see('Ready');
  const checks = page.getByRole('row').filter({ hasText: 'The host key is the pinned one' });
  await checks.nth(3).waitFor();
  assert.equal(await checks.count(), 4);
}

async function confirmHostKey(ask: string, verb: string): Promise<void> {
  await button(ask).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(world.sandbox.sftp.hostFingerprint).waitFor();
  await dialog.getByRole('button', { name: verb }).click();
  await see(/Confirmed by bootstrap admin/);
}
