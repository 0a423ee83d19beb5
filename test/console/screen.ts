import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Locator, Page } from 'playwright-core';
import type { ConsoleUnderTest } from '../support/console.ts';

const { values: options } = parseArgs({
  options: { screenshots: { type: 'boolean', default: false }, to: { type: 'string' } },
});
const pictures = options.to ?? (options.screenshots ? 'docs/images' : undefined);

/** What every step looks at; set once, before the first. */
export let world: ConsoleUnderTest;
export let page: Page;

export function lookAt(console: ConsoleUnderTest): void {
  world = console;
  page = console.page;
}

export const button = (name: string | RegExp): Locator => page.getByRole('button', { name });

export const see = (text: string | RegExp, timeout?: number): Promise<void> =>
  page.getByText(text).filter({ visible: true }).first().waitFor({ timeout });

export const heading = (name: string): Promise<void> => page.getByRole('heading', { level: 1, name }).waitFor();

/** Waits until the run on the page is finished, with a verdict. */
export async function finished(verdict: RegExp): Promise<void> {
  await button('Run now').waitFor({ timeout: 180_000 });
  await page.locator('.mantine-Badge-root').filter({ hasText: verdict }).first().waitFor();
}

export async function visit(place: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name: place }).click();
  await heading(place);
}

export async function addCondition(kind: string): Promise<void> {
  await button('Add condition').first().click();
  await page.getByRole('menuitem', { name: kind }).click();
}

/** Picks an option of a list that opens, by typing what it is called. */
export async function choose(label: string, option: string): Promise<void> {
  const field = page
    .getByRole('combobox', { name: label, exact: true })
    .or(page.getByRole('textbox', { name: label, exact: true }));
  await field.first().click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

/** Waits until messages that pop up are gone, and whatever is being asked is answered. */
export async function quiet(): Promise<void> {
  await page.locator('.mantine-Notification-root').first().waitFor({ state: 'detached' });
  await page.waitForLoadState('networkidle');
}

/** The pictures that docs show; others are written only with `--to`. */
const SHOWN = new Set(['mapping', 'consent', 'overview', 'personas', 'audience', 'delivery-wizard', 'run']);

/** Writes a picture of the screen, or of a part of the page. */
export async function picture(name: string, part?: Locator): Promise<void> {
  if (!pictures || (!options.to && !SHOWN.has(name))) return;
  mkdirSync(pictures, { recursive: true });
  await page.evaluate('scrollTo(0, 0)');
  const path = join(pictures, `${name}.png`);
  await (part ? part.screenshot({ path }) : page.screenshot({ path }));
}
