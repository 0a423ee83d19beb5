import fc from 'fast-check';
import { ConsentReader, detectConsent } from './consent.ts';
import { detectConsents } from './consent-file.ts';
import { consentName, isDenialFile } from './consent-names.ts';
import { consentNotices } from './consent-notices.ts';
import { CONSENT_SENSES } from './mapping.ts';

const whole = { name: 'contacts.csv', whole: true };
const stateOf = (name: string, cell: string) => {
  const reading = detectConsent(name, [cell, 'yes', 'no', 'unsubscribed'], true);
  return reading?.suggested ? new ConsentReader(reading.mapping).state(cell) : undefined;
};

describe('names of consent columns', () => {
  it.each([
    ['Unsubscribed from all email', 'denies'],
    ['Opted out of email: Marketing Information', 'denies'],
    ['HasOptedOutOfEmail', 'denies'],
    ['DoNotCall', 'denies'],
    ['donotemail', 'denies'],
    ['EMAIL_BLACKLISTED', 'denies'],
    ['UNSUB_TIME', 'denies'],
    ['CLEAN_TIME', 'denies'],
    ['Email Suppressions', 'denies'],
    ['Consent withdrawn', 'denies'],
    ['SMS consent revoked', 'denies'],
    ['consent_revoked', 'denies'],
    ['No consent', 'denies'],
    ['Not subscribed', 'denies'],
    ['Do Not Sell My Personal Information', 'denies'],
    ['Abgemeldet am', 'denies'],
    ['Einwilligung widerrufen', 'denies'],
    ['Keine Werbung', 'denies'],
    ['Désabonné', 'denies'],
    ['Ne pas contacter', 'denies'],
    ["Pas d'email", 'denies'],
    ['Opposé à la prospection', 'denies'],
    ['Dado de baja', 'denies'],
    ['Disiscritto', 'denies'],
    ['Uitgeschreven op', 'denies'],
    ['Geen toestemming', 'denies'],
    ['Descadastrado', 'denies'],
    ['Consent expired', 'denies'],
    ['Consent not given', 'denies'],
    ['Opt-in cancelled', 'denies'],
    ['Former subscriber', 'denies'],
    ['Marketing not allowed', 'denies'],
    ['Exclude from marketing', 'denies'],
    ['Newsletter gekündigt', 'denies'],
    ['Einwilligung abgelaufen', 'denies'],
    ['Werbung unerwünscht', 'denies'],
    ['Werbeverbot', 'denies'],
    ["N'accepte pas le marketing", 'denies'],
    ['Refus newsletter', 'denies'],
    ['No desea publicidad', 'denies'],
    ['Consentimiento caducado', 'denies'],
    ['Consenso rifiutato', 'denies'],
    ['Toestemming verlopen', 'denies'],
    ['Recusa marketing', 'denies'],
    ['Newsletter (yes/no)', 'grants'],
    ['Email Opt In', 'grants'],
    ['Double Opt-In', 'grants'],
    ['Accepts Email Marketing', 'grants'],
    ['acceptsMarketing', 'grants'],
    ['Email Marketing Consent', 'grants'],
    ['Werbeeinwilligung', 'grants'],
    ['Consentement marketing', 'grants'],
    ['Suscrito', 'grants'],
    ['Toestemming', 'grants'],
  ] as const)('says that a true value in "%s" %s', (name, sense) => {
    expect(consentName(name)?.sense).toBe(sense);
  });

  it.each(['Survey', 'Birthplace', 'Cancelled at', 'Email', 'Subscription plan', 'Country of origin', 'Optimal size'])(
    'finds no consent in "%s"',
    (name) => {
      expect(consentName(name)).toBeUndefined();
    },
  );

  it('leaves open what a true value means when the name has both senses', () => {
    expect(consentName('Opt-in / Opt-out')).not.toHaveProperty('sense');
    const reading = detectConsent('Opt-in / Opt-out', ['yes', 'no', 'opted out', 'opted in'], true);
    expect(reading?.counts).toEqual({ granted: 1, denied: 1, unset: 2 });
  });

  it('leaves open what a true value means where nobody can tell whether the consent holds', () => {
    expect(detectConsent('Consent required', ['yes', 'no'], true)?.suggested).toBe(false);
  });

  it.each(['unsubscribed_segment_export_8893.csv', 'cleaned.csv', 'Abmeldungen 2026.xlsx', 'opt-outs.csv.gz'])(
    'recognises the file name %s as a list of denials',
    (name) => {
      expect(isDenialFile(name)).toBe(true);
    },
  );

  it.each(['subscribed_segment_export_8893.csv', 'contacts.csv', 'not-unsubscribed.csv', 'consent.csv'])(
    'does not take %s for a list of denials',
    (name) => {
      expect(isDenialFile(name)).toBe(false);
    },
  );
});

describe('readings of consent columns', () => {
  it.each([
    ['Unsubscribed from all email', 'true', 'denied'],
    ['Unsubscribed from all email', 'false', 'unset'],
    ['Abgemeldet', 'ja', 'denied'],
    ['Abgemeldet', 'nein', 'unset'],
    ['UNSUB_TIME', '2026-02-03 04:05:06', 'denied'],
    ['UNSUB_TIME', '0000-00-00 00:00:00', 'unset'],
    ['Unsubscribed At', '1767225600', 'denied'],
    ['Email Marketing Consent', 'SUBSCRIBED', 'granted'],
    ['Email Marketing Consent', 'NEVER_SUBSCRIBED', 'unset'],
    ['Email Marketing Consent', 'UNSUBSCRIBED', 'denied'],
    ['Email Marketing Consent', 'TRUE', 'granted'],
    ['Status', 'cleaned', 'denied'],
    ['Status', 'non-subscribed', 'unset'],
    ['Status', 'pending', 'unset'],
    ['Status', 'archived', 'unset'],
    ['Opted out of email: News', 'Opted in', 'granted'],
    ['Opted out of email: News', 'Opted out', 'denied'],
    ['Opted out of email: News', 'Not specified', 'unset'],
    ['Marketing consent', 'No, do not contact me', 'denied'],
    ['Marketing consent', 'N/A', 'unset'],
    ['Marketing consent', 'maybe', undefined],
    ['Opt-out', 'granted', 'denied'],
    ['Einwilligung', 'widerrufen', 'denied'],
    ['Consentement', 'désabonnée', 'denied'],
    ['Consent', 'Withdrawn (2026-01-03)', 'denied'],
    ['Consent', 'Denied: 2024-01-01T10:00:00Z', 'denied'],
    ['Consent', 'granted (2024-01-01)', 'granted'],
    ['Consent', 'GDPR withdrawn', 'denied'],
    ['Consent', 'declined by phone', 'denied'],
    ['Consent', 'Granted; withdrawn', 'denied'],
    ['Consent', 'optout', 'denied'],
    ['Consent', 'optin', 'granted'],
    ['UNSUB_TIME', '45321.5', 'denied'],
    ['Unsubscribed at', '45321', 'denied'],
  ] as const)('"%s" = %s is %s', (name, cell, state) => {
    expect(stateOf(name, cell)).toBe(state);
  });

  it.each([
    ['Status', 'Active, Bounced, Inactive', 'Bounced'],
    ['Status', 'Aktiv, Abgemeldet, Inaktiv', 'Abgemeldet'],
    ['Contact status', 'active, inactive, unsubscribed, active', 'unsubscribed'],
    ['Status', 'optout, unknown, unknown', 'optout'],
  ])('reads the denials of the column "%s" with the states %s', (name, states, denial) => {
    const reading = detectConsent(name, states.split(', '), true);
    expect(reading).toMatchObject({ suggested: true, counts: { granted: 0, denied: 1 } });
    expect(new ConsentReader(reading!.mapping).state(denial)).toBe('denied');
  });

  it.each(['Active, Inactive', 'open, blocked, closed', 'active, rejected, pending', 'paid, cancelled, active'])(
    'reads no consent from a status with the states %s',
    (states) => {
      expect(detectConsent('Status', states.split(', '), true)).toBeUndefined();
    },
  );

  it('reads Allow in an opt-out column as no statement, and Do Not Allow as a denial', () => {
    for (const name of ['Do not allow Emails', 'donotbulkemail']) {
      const reading = detectConsent(name, ['Allow', 'Do Not Allow', 'Allow'], true);
      expect(reading).toMatchObject({ suggested: true, counts: { granted: 0, denied: 1, unset: 2 } });
    }
    expect(detectConsent('Email consent', ['Allowed', 'Not allowed'], true)).toMatchObject({
      counts: { granted: 1, denied: 1 },
    });
  });

  it('counts the rows of each state and lists unknown words without losing denials in the same column', () => {
    const reading = detectConsent('Marketing consent', ['yes', 'maybe', 'maybe', '', 'unsubscribed', 'N/A'], true)!;
    expect(reading).toMatchObject({ suggested: true, rows: 6, wholeFile: true });
    expect(reading.counts).toEqual({ granted: 1, denied: 1, unset: 4 });
    expect(reading.words).toContainEqual({
      word: 'maybe',
      count: 2,
      state: 'unset',
      bySense: { grants: 'unset', denies: 'unset' },
      known: false,
    });
    expect(reading.mapping.words).toEqual({ yes: 'granted', unsubscribed: 'denied' });
  });

  it('reads no consent from times of opt-ins, counts, plans, links and empty columns', () => {
    expect(detectConsent('Consent date', ['2026-01-02', '2026-01-03'], true)).toBeUndefined();
    expect(detectConsent('OPTIN_TIME', ['2026-01-02 03:04:05', ''], true)).toBeUndefined();
    expect(detectConsent('Email opt in date', ['45321', '45322.75'], true)).toBeUndefined();
    expect(detectConsent('Bounced', ['0', '1', '14'], true)).toBeUndefined();
    expect(detectConsent('Subscribed products', ['basic', 'pro'], true)).toBeUndefined();
    expect(detectConsent('Consent form URL', ['https://example.com/form'], true)).toBeUndefined();
    expect(detectConsent('Marketing consent', ['', ''], true)).toBeUndefined();
    expect(detectConsent('Newsletter', ['weekly', 'daily'], true)).toBeUndefined();
    expect(detectConsent('Status', ['active', 'paused'], true)).toBeUndefined();
  });

  it('asks about a column of counts whose name is an opt-out', () => {
    expect(detectConsent('Unsubscribes', ['0', '1', '14'], true)).toMatchObject({ suggested: false });
  });

  it('suggests an empty opt-out column as consent when later rows of the file may fill it', () => {
    expect(detectConsent('Unsubscribed', ['', ''], false)).toMatchObject({ suggested: true, wholeFile: false });
    expect(detectConsent('Unsubscribed', ['', ''], true)).toBeUndefined();
  });

  it('applies a denial of e-mails to advertising too, and a grant of e-mails to e-mails only', () => {
    const { mapping } = detectConsent('Accepts Email Marketing', ['yes', 'no'], true)!;
    expect(mapping).toMatchObject({ purposes: ['email'], denialPurposes: ['advertising', 'email'] });
    expect(detectConsent('Marketing consent', ['yes', 'no'], true)!.mapping.purposes).toEqual(['advertising']);
    expect(detectConsent('DoNotCall', ['1', '0'], true)!.mapping.purposes).toEqual(['phone']);
    expect(detectConsent('Do not contact', ['1', '0'], true)!.mapping.denialPurposes).toContain('sms');
  });

  it('masks unknown words that may identify a person', () => {
    const { words } = detectConsent('Consent', ['ann@example.com', 'yes'], true)!;
    expect(JSON.stringify(words)).not.toContain('ann@');
  });

  it('gives the meaning of each word under either sense', () => {
    const cells = ['yes', 'no', 'unsubscribed', 'subscribed', 'never subscribed', 'maybe', 'granted', 'allowed'];
    for (const name of ['Marketing consent', 'Unsubscribed', 'Opt-in / Opt-out']) {
      const { words } = detectConsent(name, cells, true)!;
      expect(words).toHaveLength(cells.length);
      for (const { word, bySense } of words)
        for (const sense of CONSENT_SENSES)
          expect([word, sense, bySense[sense]]).toEqual([
            word,
            sense,
            new ConsentReader({ sense }).state(word) ?? 'unset',
          ]);
    }
  });

  it('never reads a grant from a cell that contains a denial', () => {
    const denial = fc.constantFrom('unsubscribed', 'Opted out', 'OPT-OUT', 'do not contact', 'abgemeldet', 'désabonné');
    const around = fc.stringMatching(/^[ a-z,.!]{0,12}$/);
    fc.assert(
      fc.property(denial, around, around, fc.constantFrom(...CONSENT_SENSES), (word, before, after, sense) => {
        const cell = `${before} ${word} ${after}`;
        expect(new ConsentReader({ sense }).state(cell)).not.toBe('granted');
      }),
    );
  });

  it('suggests the same reading for any order of rows', () => {
    const cells = fc.array(fc.constantFrom('yes', 'no', '', 'unsubscribed', 'maybe', '2026-01-02', 'granted'));
    fc.assert(
      fc.property(
        cells.chain((values) =>
          fc.tuple(fc.constant(values), fc.shuffledSubarray(values, { minLength: values.length })),
        ),
        fc.constantFrom('Marketing consent', 'Unsubscribed', 'Newsletter', 'Status'),
        ([values, shuffled], name) => {
          const [a, b] = [values, shuffled].map((each) => detectConsent(name, each, true));
          expect(b?.mapping).toEqual(a?.mapping);
          expect(b?.counts).toEqual(a?.counts);
        },
      ),
    );
  });

  it('has a state for each row', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom('yes', 'no', ''))), (values) => {
        const reading = detectConsent('Email consent', values, true);
        if (!reading) return;
        const { granted, denied, unset } = reading.counts;
        expect(granted + denied + unset).toBe(values.length);
      }),
    );
  });
});

describe('consent of a whole file', () => {
  const column = (name: string, ...values: string[]) => ({ name, values });

  it('takes the time of a statement from the time column that belongs to it', () => {
    const { readings } = detectConsents(
      [
        column('Email', 'a@example.com', 'b@example.com'),
        column('Unsubscribed', 'yes', 'no'),
        column('Unsubscribed at', '2026-01-02', '2025-01-01'),
      ],
      whole,
    );
    expect([...readings.keys()]).toEqual(['Unsubscribed']);
    expect(readings.get('Unsubscribed')!.mapping.time).toBe('Unsubscribed at');
  });

  it('asks about consent for other channels, unless the column is an outright denial', () => {
    const file = (sms: string) =>
      detectConsents(
        [
          column('Email Marketing Consent', 'SUBSCRIBED', 'UNSUBSCRIBED'),
          column('SMS Marketing Consent', 'SUBSCRIBED', sms),
        ],
        whole,
      ).readings;
    expect(file('NEVER_SUBSCRIBED').get('SMS Marketing Consent')!.suggested).toBe(false);
    expect(file('UNSUBSCRIBED').get('SMS Marketing Consent')!.suggested).toBe(true);
  });

  it('does not read -1 as 1', () => {
    const { mapping } = detectConsent('Marketing consent', ['1', '0', '-1'], true)!;
    expect(['1', '-1', '−1'].map((cell) => new ConsentReader(mapping).state(cell))).toEqual([
      'granted',
      undefined,
      undefined,
    ]);
  });

  it('keeps a column of yes and no that denies where the words of another column grant', () => {
    const file = (...answers: string[]) =>
      detectConsents([column('Subscription', 'opted in', 'opted out'), column('Marketing consent', ...answers)], whole)
        .readings;
    expect(file('yes', 'no').get('Marketing consent')!.suggested).toBe(false);
    expect(file('no', 'no').get('Marketing consent')!.suggested).toBe(true);
  });

  it('offers a denial for every row when the file name says so and no column does', () => {
    const emails = column('Email', 'a@example.com', 'b@example.com');
    expect(detectConsents([emails], { name: 'unsubscribed.csv', whole: true }).everyone).toEqual({
      consent: 'denied',
      purposes: ['advertising', 'email'],
    });
    const stated = detectConsents([emails, column('Opted out', 'yes', 'no')], { name: 'optout.csv', whole: true });
    expect(stated.everyone).toBeUndefined();
    const reasons = detectConsents([emails, column('Unsubscribe reason', 'spam', 'other')], whole);
    expect(reasons.everyone).toBeDefined();
  });

  it('lists the readings to confirm and the denials that the mapping leaves out', () => {
    const { readings } = detectConsents([column('Abgemeldet', 'ja', 'nein')], whole);
    const columns = [{ name: 'Abgemeldet', consent: readings.get('Abgemeldet') }, { name: 'Email' }];
    const codes = (as: 'consent' | 'trait', confirmed: boolean) =>
      consentNotices(columns, {
        kind: 'contacts',
        key: { column: 'Email' },
        columns: [{ column: 'Abgemeldet', as, consent: { confirmed } }],
      }).map(({ code, column: about }) => [code, about]);
    expect(codes('consent', false)).toEqual([['consent_to_confirm', 'Abgemeldet']]);
    expect(codes('consent', true)).toEqual([]);
    expect(codes('trait', false)).toEqual([['consent_left_out', 'Abgemeldet']]);
  });

  it('asks about columns that hint at consent, unless another column holds the opt-outs', () => {
    const hints = (...columns: { name: string; values: string[] }[]) => [
      ...detectConsents(columns, whole).hints.keys(),
    ];
    const reason = column('Unsubscribe reason', 'too many mails', '');
    expect(hints(reason, column('Legal basis', 'consent', ''))).toEqual(['Unsubscribe reason', 'Legal basis']);
    expect(hints(reason, column('Unsubscribed at', '2026-01-02', ''))).toEqual([]);
    expect(hints(column('Unsubscribe reason', '', ''))).toEqual([]);
  });
});
