import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { DESTINATIONS } from '../connections/destinations.ts';
import { ACTIONS } from '../deliveries/actions.ts';
import { destinationsPage } from './destinations.ts';

test('docs/destinations.md is what the definitions say; else run: npm run -s docs:destinations', () => {
  const page = readFileSync(new URL('../../docs/destinations.md', import.meta.url), 'utf8');
  expect(page).toBe(`${destinationsPage(DESTINATIONS)}\n`);
});

test('it names what follows from errors as deliveries act', () => {
  expect(ACTIONS).toMatchObject({
    auth: { stops: 'connection' },
    payload: { stops: 'contacts' },
    unknown: { tries: 3 },
  });
});
