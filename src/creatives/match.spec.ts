import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RULES } from './leaves.ts';
import { type Candidate, cover, judge, rank, refusalOf } from './match.ts';
import type { PersonaFacts, Rule, RuleContext } from './rule.ts';
import { validateRules } from './validate-rules.ts';

const NOW = new Date('2026-11-24T12:00:00Z');

const loyal: PersonaFacts = {
  setId: 'pst_1',
  key: 'p1',
  name: 'Loyal Families',
  color: '#000000',
  size: 400,
  share: 0.4,
  salientTraits: [{ trait: 'tenure', statement: 'Tenure is typically 52 (everyone 29)', lift: 2.5 }],
  tone: 'warm, plain',
  profile: [
    { trait: 'tenure', type: 'number', used: true, median: 52, mean: 50, bins: [], salient: true, strength: 1 },
    {
      trait: 'contract',
      type: 'category',
      used: false,
      bins: [{ label: 'Two year', count: 320, share: 0.8, everyone: 0.25, lift: 3.2, z: 9, salient: true }],
      salient: true,
      strength: 1,
    },
    {
      trait: 'paperless',
      type: 'boolean',
      used: false,
      bins: [{ label: 'true', count: 100, share: 0.25, everyone: 0.5, lift: 0.5, z: -9, salient: true }],
      salient: false,
      strength: 0,
    },
  ],
};
const starters: PersonaFacts = {
  ...loyal,
  key: 'p2',
  name: 'New starters',
  size: 600,
  share: 0.6,
  salientTraits: [],
  tone: undefined,
  offer: 'First month free',
  profile: [],
};

const creative = (id: string, rules: Rule | null, more: Partial<Candidate> = {}): Candidate => ({
  id,
  name: `Creative ${id}`,
  channels: [],
  activeFrom: null,
  activeUntil: null,
  rules,
  ...more,
});

describe('one rule on one persona', () => {
  it.each<[Rule, boolean, string]>([
    [{ persona: { in: ['p1'] } }, true, 'It is Loyal Families, which the creative names.'],
    [{ persona: { in: [' P1'] } }, true, 'It is Loyal Families, which the creative names.'],
    [{ persona: { in: [' loyal families '] } }, true, 'It is Loyal Families, which the creative names.'],
    [{ persona: { in: ['p2', 'New starters'] } }, false, 'It is not p2 or New starters.'],
    [{ persona: { in: ['p1'], set: 'pst_2' } }, false, 'It is not p1.'],
    [{ trait: 'tenure', salient: true }, true, 'tenure stands out: Tenure is typically 52 (everyone 29).'],
    [{ trait: 'contract', salient: true }, false, 'contract does not stand out.'],
    [{ trait: 'tenure', lift: { gte: 2 } }, true, 'The lift of tenure is 2.5 (wanted: at least 2).'],
    [{ trait: 'contract', lift: { gte: 2 } }, false, 'The lift of contract is not known (wanted: at least 2).'],
    [
      { trait: 'contract', value: 'Two year', lift: { gt: 4 } },
      false,
      'The lift of contract = Two year is 3.2 (wanted: more than 4).',
    ],
    [
      { trait: 'contract', value: 'Two year', share: { gte: 0.5 } },
      true,
      'The share of contract = Two year is 80 % (wanted: at least 50 %).',
    ],
    [
      { trait: 'contract', value: 'Monthly', share: { lt: 0.5 } },
      false,
      'The share of contract = Monthly is not known (wanted: less than 50 %).',
    ],
    [
      { trait: 'paperless', value: true, share: { lte: 0.3 } },
      true,
      'The share of paperless = true is 25 % (wanted: at most 30 %).',
    ],
    [
      { trait: 'tenure', average: { between: [40, 60] } },
      true,
      'The average of tenure is 50 (wanted: between 40 and 60).',
    ],
    [{ trait: 'tenure', median: { lt: 52 } }, false, 'The median of tenure is 52 (wanted: less than 52).'],
    [{ personaSize: { gte: 500 } }, false, "The persona's size is 400 (wanted: at least 500)."],
    [{ personaShare: { gte: 0.07 } }, true, "The persona's share is 40 % (wanted: at least 7 %)."],
    [{ tone: 'Warm, plain ' }, true, 'The persona\'s tone is "warm, plain" (wanted: "Warm, plain ").'],
    [{ offer: 'x' }, false, 'The persona has no offer (wanted: "x").'],
  ])('%j: %s', (rule, held, reason) => {
    expect(judge(rule, loyal)).toMatchObject({ held, reasons: [reason] });
  });

  it('no rules hold for every persona and count nothing', () => {
    expect(judge(null, loyal)).toEqual({ held: true, points: 0, reasons: [expect.stringContaining('every persona')] });
  });

  it('reasons are those of the verdict: of all what failed, of any the best that holds', () => {
    const [yes, no]: Rule[] = [{ tone: 'warm, plain' }, { personaSize: { gt: 1000 } }];
    expect(judge({ all: [yes!, no!] }, loyal).reasons).toEqual([expect.stringContaining('size')]);
    expect(judge({ any: [no!, yes!] }, loyal).reasons).toEqual([expect.stringContaining('tone')]);
    expect(judge({ not: no! }, loyal)).toMatchObject({ held: true, points: 0 });
  });
});

describe('ranking', () => {
  it('names before traits before sizes before what is for everyone; then the channel, then the older', () => {
    const all = [
      creative('c5', null),
      creative('c6', null, { channels: ['facebook'] }),
      creative('c4', null),
      creative('c3', { personaSize: { gte: 100 } }),
      creative('c2', { trait: 'tenure', salient: true }),
      creative('c1', { persona: { in: ['p1'] } }),
      creative('c0', { persona: { in: ['p2'] } }),
    ];
    const ranked = rank(all, loyal, { channel: 'facebook', now: NOW });
    expect(ranked.map((match) => match.creative.id)).toEqual(['c1', 'c2', 'c3', 'c6', 'c4', 'c5']);
  });

  it('the period includes its start and not its end; a channel is one of those named', () => {
    const wanted = { channel: 'sftp', now: NOW };
    expect(refusalOf(creative('a', null, { activeFrom: NOW }), wanted)).toBeUndefined();
    expect(refusalOf(creative('a', null, { activeUntil: NOW }), wanted)).toMatch(/ended at 2026-11-24T12:00:00.000Z/);
    expect(refusalOf(creative('a', null, { activeFrom: new Date(NOW.getTime() + 1) }), wanted)).toMatch(/begins at/);
    expect(refusalOf(creative('a', null, { channels: ['facebook', 'mail'] }), wanted)).toBe(
      'It is for facebook, mail, not for sftp.',
    );
    expect(refusalOf(creative('a', null, { channels: ['facebook'] }), { now: NOW })).toBeUndefined();
  });

  it('coverage names who is without and what is idle, with the nearest miss', () => {
    const near = creative('near', { all: [{ tone: 'warm, plain' }, { personaSize: { gt: 500 } }] });
    const far = creative('far', { all: [{ tone: 'cold' }, { personaSize: { gt: 5000 } }] });
    const ended = creative('gone', null, { activeUntil: NOW });
    const offer = creative('offer', { offer: 'first month FREE' });
    const covered = cover([far, near, ended, offer], [loyal, starters], { now: NOW });
    expect(covered.personas.map(({ persona, matches }) => [persona.key, matches.length])).toEqual([
      ['p1', 0],
      ['p2', 1],
    ]);
    expect(covered.personas[0]!.nearest).toMatchObject({
      creativeId: 'near',
      reasons: [expect.stringContaining('400')],
    });
    expect(covered.unmatched.map((row) => [row.creative.id, row.nearest?.personaKey ?? null])).toEqual([
      ['far', 'p1'],
      ['gone', null],
      ['near', 'p1'],
    ]);
    expect(covered.unmatched[1]!.reasons[0]).toMatch(/ended/);
  });
});

const CONTEXT: RuleContext = {
  traits: new Map([
    ['tenure', 'number'],
    ['contract', 'category'],
    ['paperless', 'boolean'],
    ['signup', 'date'],
  ]),
  personaSets: [{ id: 'pst_1', name: 'Customers', personas: [loyal, starters] }],
};

const comparison = fc.oneof(
  fc.record({ gte: fc.integer({ min: -10, max: 100 }) }),
  fc.record({ lt: fc.double({ min: 0, max: 60, noNaN: true }) }),
  fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 10, max: 60 })).map((between) => ({ between })),
);
const leaf: fc.Arbitrary<Rule> = fc.oneof(
  fc.constantFrom('p1', 'p2', 'Loyal families').map((name) => ({ persona: { in: [name] } })),
  fc.constantFrom('tenure', 'contract', 'signup').map((trait) => ({ trait, salient: true as const })),
  comparison.map((lift) => ({ trait: 'tenure', lift })),
  comparison.map((average) => ({ trait: 'tenure', average })),
  comparison.map((share) => ({ trait: 'contract', value: 'Two year', share })),
  comparison.map((share) => ({ trait: 'paperless', value: false, share })),
  comparison.map((personaSize) => ({ personaSize })),
  comparison.map((personaShare) => ({ personaShare })),
  fc.constantFrom('warm, plain', 'cold').map((tone) => ({ tone })),
);
const { tree } = fc.letrec<{ tree: Rule; node: Rule }>((tie) => ({
  tree: fc.oneof({ maxDepth: 3 }, leaf, tie('node')),
  node: fc.oneof(
    fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
    fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
    tie('tree').map((not) => ({ not })),
  ),
}));
const persona = fc.constantFrom(loyal, starters);
const candidates = fc
  .array(fc.option(tree), { maxLength: 8 })
  .map((rules) => rules.map((rule, i) => creative(`c${i}`, rule, { channels: i % 3 === 0 ? ['mail'] : [] })));

/** The meaning of a tree by its leaves alone. */
function holds(rule: Rule, facts: PersonaFacts): boolean {
  if ('all' in rule) return rule.all.every((each) => holds(each, facts));
  if ('any' in rule) return rule.any.some((each) => holds(each, facts));
  if ('not' in rule) return !holds(rule.not, facts);
  return judge(rule, facts).held;
}

describe('whatever the rules', () => {
  it('a verdict is what the tree says, never without a reason, and counts only when it holds', () => {
    fc.assert(
      fc.property(tree, persona, (rule, facts) => {
        const { held, points, reasons } = judge(rule, facts);
        expect(held).toBe(holds(rule, facts));
        expect(reasons.length).toBeGreaterThan(0);
        expect(points).toBeGreaterThanOrEqual(0);
        if (!held) expect(points).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('the order follows from the creatives, not from the order they come in; others do not change it', () => {
    fc.assert(
      fc.property(candidates, persona, fc.nat(), (all, facts, seed) => {
        const wanted = { channel: 'mail', now: NOW };
        const ids = (list: Candidate[]) => rank(list, facts, wanted).map((match) => match.creative.id);
        const shuffled = [...all].sort(
          (a, b) => ((a.id.charCodeAt(1) * (seed + 7)) % 11) - ((b.id.charCodeAt(1) * (seed + 7)) % 11),
        );
        expect(ids(shuffled)).toEqual(ids(all));
        const without = all.filter((_, i) => i !== seed % (all.length || 1));
        expect(ids(without)).toEqual(ids(all).filter((id) => without.some((each) => each.id === id)));
        const scores = rank(all, facts, wanted).map(({ score }) => score);
        expect(scores).toEqual([...scores].sort((a, b) => b - a));
      }),
      { numRuns: 300 },
    );
  });

  it('every creative either matches some persona or is told why not', () => {
    fc.assert(
      fc.property(candidates, (all) => {
        const { personas, unmatched } = cover(all, [loyal, starters], { now: NOW });
        const matched = new Set(personas.flatMap(({ matches }) => matches.map((match) => match.creative.id)));
        expect(matched.size + unmatched.length).toBe(all.length);
        for (const { creative: idle, reasons } of unmatched) {
          expect(matched.has(idle.id)).toBe(false);
          expect(reasons.join('')).not.toBe('');
        }
      }),
      { numRuns: 200 },
    );
  });

  it('a trait that stands out more never counts less', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 50, noNaN: true }), fc.double({ min: 1, max: 50, noNaN: true }), (a, b) => {
        const [less, more] = a <= b ? [a, b] : [b, a];
        const points = (lift: number) =>
          judge(
            { trait: 'tenure', lift: { gte: 1 } },
            { ...loyal, salientTraits: [{ trait: 'tenure', statement: '', lift }] },
          ).points;
        expect(points(more)).toBeGreaterThanOrEqual(points(less));
      }),
    );
  });

  it('rules that are written well pass the check and come back as they are', () => {
    fc.assert(
      fc.property(tree, (rule) => {
        const result = validateRules(rule, CONTEXT);
        if ('problems' in result) expect(result.problems.map(({ code }) => code)).toEqual(['too_large']);
        else expect(result.rules).toBe(rule);
      }),
      { numRuns: 300 },
    );
  });

  it('anything at all is either refused with a path below the root or can be judged', () => {
    fc.assert(
      fc.property(fc.anything({ maxDepth: 4 }), (input) => {
        const result = validateRules(input, CONTEXT);
        if ('problems' in result) expect(result.problems.every(({ path }) => path.startsWith('rules'))).toBe(true);
        else judge(result.rules, loyal);
      }),
      { numRuns: 500 },
    );
  });
});

describe('rules that are refused, with the place', () => {
  it.each<[unknown, string, string]>([
    [[], 'rules', 'wrong_type'],
    [{}, 'rules', 'unknown_rule'],
    [{ trate: 'tenure' }, 'rules', 'unknown_rule'],
    [{ all: [] }, 'rules.all', 'empty'],
    [{ any: 'x' }, 'rules.any', 'wrong_type'],
    [{ all: [{ tone: 'warm' }], any: [] }, 'rules', 'ambiguous_rule'],
    [{ all: [{ tone: 'warm' }, { not: { tone: '' } }] }, 'rules.all[1].not.tone', 'empty'],
    [{ tone: 'warm', loud: true }, 'rules.loud', 'unknown_field'],
    [{ persona: 'p1' }, 'rules.persona', 'wrong_type'],
    [{ persona: { in: [] } }, 'rules.persona.in', 'empty'],
    [{ persona: { in: ['p1', 'p9'] } }, 'rules.persona.in[1]', 'unknown_persona'],
    [{ persona: { in: ['p1'], set: 'pst_9' } }, 'rules.persona.set', 'unknown_persona_set'],
    [{ trait: 'tenure' }, 'rules', 'one_measure'],
    [{ trait: 'tenure', salient: true, lift: { gte: 2 } }, 'rules', 'one_measure'],
    [{ trait: 'tenure', salient: false }, 'rules.salient', 'wrong_type'],
    [{ trait: 'tenur', salient: true }, 'rules.trait', 'unknown_trait'],
    [{ trait: 'tenure', lift: {} }, 'rules.lift', 'wrong_type'],
    [{ trait: 'tenure', lift: { gte: 'x' } }, 'rules.lift.gte', 'wrong_type'],
    [{ trait: 'tenure', lift: { at: 2 } }, 'rules.lift.at', 'unknown_field'],
    [{ trait: 'tenure', average: { between: [5, 1] } }, 'rules.average.between', 'empty_range'],
    [{ trait: 'contract', average: { gte: 1 } }, 'rules.average', 'wrong_trait_type'],
    [{ trait: 'signup', median: { gte: 1 } }, 'rules.median', 'wrong_trait_type'],
    [{ trait: 'tenure', value: 5, share: { gte: 0.5 } }, 'rules.share', 'wrong_trait_type'],
    [{ trait: 'contract', share: { gte: 0.5 } }, 'rules.value', 'wrong_type'],
    [{ trait: 'paperless', value: 'true', share: { gte: 0.5 } }, 'rules.value', 'wrong_type'],
    [{ trait: 'contract', value: 'x', salient: true }, 'rules.value', 'unknown_field'],
    [{ personaSize: 5 }, 'rules.personaSize', 'wrong_type'],
    [{ personaShare: { gte: Number.NaN } }, 'rules.personaShare.gte', 'wrong_type'],
    [{ offer: 5 }, 'rules.offer', 'wrong_type'],
  ])('%j', (input, path, code) => {
    expect(validateRules(input, CONTEXT)).toEqual({
      problems: [expect.objectContaining({ path, code, message: expect.stringMatching(/\S/) })],
    });
  });

  it('a misspelt trait or persona is answered with the one that was meant', () => {
    const messages = [{ trait: 'tenur', salient: true }, { persona: { in: ['Loyal famlies'] } }].map((rule) => {
      const result = validateRules(rule, CONTEXT);
      return 'problems' in result ? result.problems[0]!.message : '';
    });
    expect(messages).toEqual([
      expect.stringContaining('Did you mean "tenure"?'),
      expect.stringContaining('Did you mean "Loyal Families"?'),
    ]);
  });

  it('too deep and too many', () => {
    const deep = Array.from({ length: 6 }).reduce<unknown>((rule) => ({ not: rule }), { tone: 'x' });
    expect(validateRules(deep, CONTEXT)).toMatchObject({ problems: [{ code: 'too_deep' }] });
    const many = { all: Array.from({ length: 60 }, () => ({ tone: 'x' })) };
    expect(validateRules(many, CONTEXT)).toMatchObject({ problems: [{ path: 'rules.all[49]', code: 'too_large' }] });
  });
});

describe('docs/creatives.md', () => {
  const text = readFileSync(new URL('../../docs/creatives.md', import.meta.url), 'utf8');
  const examples = [...text.matchAll(/```(?:json|http\nPOST \S+)\n([\s\S]*?)```/g)].map(([, json]) =>
    JSON.parse(json!),
  );
  const rules = examples.flatMap((example) => ('creatives' in example ? [] : [example.rules ?? example]));
  const named = { ...loyal, name: 'Settled regulars' };
  const context: RuleContext = {
    traits: new Map([...CONTEXT.traits, ['monthly_charges', 'number']]),
    personaSets: [{ id: 'pst_1', name: 'Customers', personas: [named] }],
  };

  it('shows every kind of leaf', () => {
    expect(rules.length).toBeGreaterThanOrEqual(8);
    for (const kind of RULES.keys()) expect(JSON.stringify(rules)).toContain(`"${kind}":`);
    for (const measure of ['salient', 'lift', 'average', 'share']) expect(JSON.stringify(rules)).toContain(measure);
  });

  it.each(rules)('%j is what it says', (rule) => {
    expect(validateRules(rule, context)).toEqual({ rules: rule });
  });
});
