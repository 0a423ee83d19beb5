import { consentCounts, wordState } from '../console/src/pages/datasets/consent-reading.ts';
import { ConsentReader, detectConsent } from '../src/contacts/mapping/consent.ts';
import { CONSENT_SENSES, CONSENT_STATES } from '../src/contacts/mapping/mapping.ts';

const CELLS = ['yes', 'no', 'no', 'unsubscribed', 'subscribed', 'never subscribed', 'maybe', ''];

describe('the consent step of the console', () => {
  it.each(CONSENT_SENSES)('shows how the server would read each word when yes %s consent', (sense) => {
    for (const name of ['Marketing consent', 'Unsubscribed', 'Opt-in / Opt-out']) {
      const reading = detectConsent(name, CELLS, true)!;
      for (const word of reading.words)
        expect(wordState(word, reading, { sense })).toBe(new ConsentReader({ sense }).state(word.word) ?? 'unset');
    }
  });

  it('counts every row once, and prefers the meaning that a person gave a word to that of the sense', () => {
    const reading = detectConsent('Marketing consent', CELLS, true)!;
    const counts = consentCounts(reading, { sense: 'denies', words: { no: 'granted', maybe: 'denied' } });
    expect(counts).toEqual({ granted: 3, denied: 3, unset: 2 });
    expect(CONSENT_STATES.reduce((sum, state) => sum + counts[state], 0)).toBe(CELLS.length);
  });
});
