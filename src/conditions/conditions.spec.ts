import { readFileSync } from 'node:fs';
import { expect, it, describe as suite } from '@jest/globals';
import { CONTACT_FIELDS } from '../contacts/contact-fields.ts';
import { compile } from './compile.ts';
import type { Condition, ConditionContext } from './condition.ts';
import { describe } from './describe.ts';
import { referencesOf } from './references.ts';
import { validate } from './validate.ts';

const context: ConditionContext = {
  account: 'acc',
  now: new Date('2026-03-31T10:00:00Z'),
  traits: new Map([
    ['tenure', 'number'],
    ['plan', 'category'],
    ['paperless', 'boolean'],
    ['signed_up', 'date'],
  ]),
  streams: new Set(['order', 'lead']),
  purposes: new Set(['email']),
  personaSets: new Map([
    ['pst_1', { name: 'Customers', versionId: 'psv_1', personas: [{ key: 'loyal', name: 'Loyal families' }] }],
  ]),
  cohorts: new Map<string, { name: string; condition: Condition }>([
    ['coh_a', { name: 'A', condition: { trait: 'tenure', op: 'gt', value: 1 } }],
    ['coh_b', { name: 'B', condition: { not: { cohort: 'coh_a' } } }],
    ['coh_lost', { name: 'Lost', condition: { trait: 'gone', op: 'exists' } }],
  ]),
};

/** `path code` of every problem. */
const problemsOf = (input: unknown, self?: string) => {
  const result = validate(input, context, self);
  return 'problems' in result ? result.problems.map((p) => `${p.path} ${p.code}`) : [];
};
const messageOf = (input: unknown) => {
  const result = validate(input, context);
  return 'problems' in result ? result.problems[0]!.message : '';
};
const nest = (levels: number): unknown => (levels === 0 ? { everyone: true } : { not: nest(levels - 1) });

suite('validate', () => {
  const good: [string, unknown][] = [
    ['number', { trait: 'tenure', op: 'between', value: [1, 2] }],
    ['category', { trait: 'plan', op: 'in', value: ['a', 'b'] }],
    ['boolean', { trait: 'paperless', op: 'eq', value: true }],
    ['date', { trait: 'signed_up', op: 'before', value: { ago: { months: 3 } } }],
    ['date span', { trait: 'signed_up', op: 'withinLast', value: { days: 30 } }],
    ['missing', { trait: 'plan', op: 'missing' }],
    ['event', { event: 'order', count: { eq: 0 }, within: { days: 90 } }],
    ['event window', { event: 'order', within: { from: '2026-01-01', to: { ago: { days: 1 } } } }],
    ['event properties', { event: 'order', where: [{ property: 'sku', op: 'startsWith', value: 'A' }] }],
    ['persona', { persona: { set: 'pst_1', in: ['loyal'] } }],
    ['cohort', { any: [{ cohort: 'coh_a' }, { cohort: 'coh_b' }] }],
    ['contactable', { contactable: 'google' }],
    ['consent', { any: ['advertising', 'ads', 'adUserData', 'email'].map((consent) => ({ consent, is: 'granted' })) }],
    ['everyone', { everyone: true }],
    ['deep enough', nest(19)],
  ];
  it.each(good)('accepts %s', (_, input) => expect(problemsOf(input)).toEqual([]));

  const bad: [string, unknown, string[]][] = [
    ['null', null, [' wrong_type']],
    ['a list', [], [' wrong_type']],
    ['a text', 'tenure', [' wrong_type']],
    ['nothing in it', {}, [' unknown_condition']],
    ['a misspelt kind', { al: [] }, [' unknown_condition']],
    ['a name from the prototype', { constructor: 1 }, [' unknown_condition']],
    ['two things at once', { trait: 'tenure', event: 'order' }, [' ambiguous_condition']],
    ['empty all', { all: [] }, ['all empty']],
    ['empty any below', { all: [{ everyone: true }, { any: [] }] }, ['all[1].any empty']],
    ['all that is no list', { all: {} }, ['all wrong_type']],
    [
      'unknown trait below a not',
      { all: [{ everyone: true }, { not: { trait: 'tenur', op: 'exists' } }] },
      ['all[1].not.trait unknown_trait'],
    ],
    ['a trait name from the prototype', { trait: 'toString', op: 'exists' }, ['trait unknown_trait']],
    ['no op', { trait: 'tenure', value: 1 }, ['op unknown_op']],
    ['unknown op', { trait: 'tenure', op: '>', value: 1 }, ['op unknown_op']],
    ['an op of another type', { trait: 'plan', op: 'gt', value: 1 }, ['op unknown_op']],
    ['text for a number', { trait: 'tenure', op: 'eq', value: '12' }, ['value wrong_type']],
    ['number for a category', { trait: 'plan', op: 'eq', value: 12 }, ['value wrong_type']],
    ['number for a boolean', { trait: 'paperless', op: 'eq', value: 1 }, ['value wrong_type']],
    ['null for a value', { trait: 'tenure', op: 'eq', value: null }, ['value wrong_type']],
    ['too big a number', { trait: 'tenure', op: 'eq', value: 2 ** 60 }, ['value out_of_range']],
    ['no value', { trait: 'tenure', op: 'gte' }, ['value missing_field']],
    ['value for exists', { trait: 'tenure', op: 'exists', value: 1 }, ['value unknown_field']],
    ['one bad item', { trait: 'plan', op: 'in', value: ['a', 3] }, ['value[1] wrong_type']],
    ['an empty list', { trait: 'plan', op: 'in', value: [] }, ['value empty']],
    ['a backward range', { trait: 'tenure', op: 'between', value: [5, 1] }, ['value empty_range']],
    [
      'a backward range of relative dates',
      { trait: 'signed_up', op: 'between', value: [{ ago: { days: 10 } }, { ago: { weeks: 2 } }] },
      ['value empty_range'],
    ],
    [
      'a range from the future to the past',
      { trait: 'signed_up', op: 'between', value: [{ fromNow: { days: 1 } }, { ago: { months: 1 } }] },
      ['value empty_range'],
    ],
    ['half a range', { trait: 'tenure', op: 'between', value: [5] }, ['value wrong_type']],
    ['a NUL', { trait: 'plan', op: 'eq', value: 'a\0' }, ['value invalid_text']],
    ['half a character', { trait: 'plan', op: 'eq', value: '\ud800' }, ['value invalid_text']],
    ['a date that is none', { trait: 'signed_up', op: 'eq', value: '2026-02-30' }, ['value invalid_date']],
    ['unit unknown', { trait: 'signed_up', op: 'before', value: { ago: { eons: 1 } } }, ['value.ago invalid_duration']],
    ['half a day', { trait: 'signed_up', op: 'olderThan', value: { days: 0.5 } }, ['value.days invalid_duration']],
    ['two units', { trait: 'signed_up', op: 'olderThan', value: { days: 1, weeks: 1 } }, ['value invalid_duration']],
    ['unknown field', { trait: 'tenure', op: 'eq', value: 1, vlaue: 2 }, ['vlaue unknown_field']],
    ['unknown field beside all', { all: [{ everyone: true }], not_: 1 }, ['not_ unknown_field']],
    ['unknown stream', { event: 'oder' }, ['event unknown_event']],
    ['a bare number for count', { event: 'order', count: 3 }, ['count wrong_type']],
    ['unknown comparison', { event: 'order', sum: { above: 3 } }, ['sum.above unknown_field']],
    [
      'bad property filters',
      { event: 'order', where: [{ property: 'a', op: 'gt', value: 'x' }, 3] },
      ['where[0].value wrong_type', 'where[1] wrong_type'],
    ],
    [
      'a window that ends before it starts',
      { event: 'order', within: { from: '2026-02-01', to: '2026-01-01' } },
      ['within empty_range'],
    ],
    [
      'a relative window that ends before it starts',
      { event: 'order', within: { from: { ago: { months: 1 } }, to: { ago: { months: 2 } } } },
      ['within empty_range'],
    ],
    ['a sum with seven decimals', { event: 'order', sum: { gte: 0.1234567 } }, ['sum.gte too_precise']],
    [
      'a value and an average below a millionth',
      { event: 'order', value: { gt: 1e-7 }, average: { between: [0, 1e-9] } },
      ['average.between[1] too_precise', 'value.gt too_precise'],
    ],
    ['unknown persona set', { persona: { set: 'pst_9', in: ['x'] } }, ['persona.set unknown_persona_set']],
    ['unknown persona', { persona: { set: 'pst_1', in: ['loyl'] } }, ['persona.in[0] unknown_persona']],
    ['unknown cohort', { cohort: 'coh_z' }, ['cohort unknown_cohort']],
    ['a cohort that lost its trait', { cohort: 'coh_lost' }, ['cohort broken_cohort']],
    ['an audience outside audiences', { audience: 'aud_1' }, ['audience not_here']],
    ['unknown channel', { contactable: 'fax' }, ['contactable unknown_channel']],
    ['unknown purpose', { consent: 'sms', is: 'granted' }, ['consent unknown_purpose']],
    ['unknown consent state', { consent: 'ads', is: 'yes' }, ['is unknown_state']],
    ['everyone: false', { everyone: false }, ['everyone wrong_type']],
    ['21 levels', nest(20), [`${'not.'.repeat(19)}not too_deep`]],
    ['501 nodes', { any: Array(500).fill({ everyone: true }) }, ['any[499] too_large']],
    [
      'several faults at once',
      { all: [{ trait: 'x', op: 'eq' }, { any: [] }] },
      ['all[0].trait unknown_trait', 'all[1].any empty'],
    ],
  ];
  it.each(bad)('refuses %s', (_, input, problems) => expect(problemsOf(input)).toEqual(problems));

  it('refuses a cohort that is defined by itself, directly or through others', () => {
    expect(problemsOf({ cohort: 'coh_a' }, 'coh_a')).toEqual(['cohort cyclic_cohort']);
    expect(problemsOf({ all: [{ not: { cohort: 'coh_b' } }] }, 'coh_a')).toEqual(['all[0].not.cohort cyclic_cohort']);
  });

  it('refuses cohorts that multiply beyond a readable statement', () => {
    const cohorts = new Map(context.cohorts);
    cohorts.set('c0', { name: '', condition: { everyone: true } });
    for (let i = 1; i < 40; i++)
      cohorts.set(`c${i}`, { name: '', condition: { any: [{ cohort: `c${i - 1}` }, { cohort: `c${i - 1}` }] } });
    expect(validate({ cohort: 'c39' }, { ...context, cohorts })).toMatchObject({ problems: [{ code: 'too_large' }] });
  });

  it('suggests the nearest name and says what fits', () => {
    expect(messageOf({ trait: 'tenur', op: 'exists' })).toBe('There is no trait "tenur". Did you mean "tenure"?');
    expect(messageOf({ trait: 'plan', op: 'eqs', value: 1 })).toContain('Did you mean "eq"?');
    expect(messageOf({ consent: 'emial', is: 'denied' })).toContain('Did you mean "email"?');
    expect(messageOf({ consent: 'advertizing', is: 'denied' })).toContain('Did you mean "advertising"?');
    expect(messageOf({ al: [] })).toContain('Did you mean "all"?');
  });
});

suite('compile', () => {
  it('keeps every value out of the text', () => {
    const evil = "x'; DROP TABLE contacts; --";
    const evilContext = { ...context, traits: new Map([[evil, 'category' as const]]), streams: new Set([evil]) };
    const condition: Condition = {
      all: [
        { trait: evil, op: 'eq', value: evil },
        { event: evil, where: [{ property: evil, op: 'in', value: [evil] }] },
        { consent: evil, is: 'granted' },
      ],
    };
    const { sql, params } = compile(condition, evilContext);
    expect(sql).not.toContain('DROP');
    expect(Object.values(params).flat()).toContain(evil);
  });

  it('resolves relative dates against the clock it is given', () => {
    const days = (condition: Condition) => Object.values(compile(condition, context).params).slice(1);
    const day = (text: string) => Date.parse(text) / 86_400_000;
    expect(days({ trait: 'signed_up', op: 'after', value: { ago: { months: 1 } } })).toEqual([day('2026-02-28')]);
    expect(days({ trait: 'signed_up', op: 'withinLast', value: { weeks: 1 } })).toEqual([
      day('2026-03-24'),
      day('2026-03-31'),
    ]);
    expect(days({ trait: 'signed_up', op: 'withinNext', value: { years: 1 } })).toEqual([
      day('2026-03-31'),
      day('2027-03-31'),
    ]);
  });
});

suite('describe', () => {
  it.each([
    [{ trait: 'tenure', op: 'gte', value: 12 }, 'tenure is at least 12'],
    [
      { trait: 'plan', op: 'in', value: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] },
      'plan is one of a, b, c, d, e and 2 more',
    ],
    [{ trait: 'signed_up', op: 'before', value: { ago: { days: 1 } } }, 'signed_up is before 1 day ago'],
    [
      { event: 'order', count: { gte: 2 }, where: [{ property: 'sku', op: 'eq', value: 'x' }], within: { days: 90 } },
      'order: count is at least 2, sku is x in the last 90 days',
    ],
    [{ persona: { set: 'pst_1', in: ['loyal'] } }, 'persona is Loyal families'],
    [
      { all: [{ not: { cohort: 'coh_a' } }, { any: [{ everyone: true }, { contactable: 'email' }] }] },
      'not (in cohort A) and (everyone or contactable by email)',
    ],
  ] as [Condition, string][])('%j', (condition, text) => expect(describe(condition, context)).toBe(text));
});

suite('referencesOf', () => {
  it('finds what must be loaded, in unchecked input too', () => {
    const found = referencesOf({
      all: [
        { cohort: 'c' },
        { not: { any: [{ persona: { set: 'p' } }, { audience: 'a' }, { outcome: 'o' }] } },
        3,
        null,
        { persona: null },
      ],
    });
    expect([...found.cohorts, ...found.personaSets, ...found.audiences]).toEqual(['c', 'p', 'a']);
    expect([...found.outcomes]).toEqual(['o']);
  });
});

suite('docs/conditions.md', () => {
  const text = readFileSync(new URL('../../docs/conditions.md', import.meta.url), 'utf8');
  const examples = [...text.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map((match) => JSON.parse(match[1]!) as unknown);
  const documented: ConditionContext = {
    ...context,
    traits: new Map([
      ...context.traits,
      ['monthly_charges', 'number'],
      ['renewal', 'date'],
      ...CONTACT_FIELDS.map(({ name, type }) => [name, type] as const),
    ]),
    personaSets: new Map([
      [
        'pst_1',
        {
          name: 'Customers',
          versionId: 'psv_1',
          personas: ['loyal-families', 'new-starters'].map((key) => ({ key, name: key })),
        },
      ],
    ]),
    outcomes: new Map([['out_1', { name: 'Will churn', versionId: 'ouv_1' }]]),
    cohorts: new Map([['coh_1', { name: 'A', condition: { everyone: true } }]]),
    audiences: new Map([['aud_1', { name: 'B', query: { sql: "SELECT ''", params: {} } }]]),
  };
  it('has an example of every leaf', () => expect(examples.length).toBeGreaterThan(15));
  it.each(examples)('%j', (example) => {
    expect(validate(example, documented)).toEqual({ condition: example });
    expect(describe(example as Condition, documented)).not.toBe('');
    expect(compile(example as Condition, documented).sql).not.toBe('');
  });
});
