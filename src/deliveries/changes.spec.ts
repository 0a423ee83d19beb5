import { attributeName, changeAttributeNames, changeAttributes, changeOf, toldFaults, valuesOf } from './changes.ts';

const OUTCOMES = [{ outcomeId: 'out_1', as: 'buy', bands: [{ name: 'high', from: 80 }] }];
const NAMES = new Map([['p1', 'Savers']]);
const told = (persona: string, band: string) => ['in', `persona=${persona}`, `buy_band=${band}`];

describe('a row of changes', () => {
  it.each([
    ['add', told('p1', 'high'), [], 'entered'],
    ['change', told('p1', 'high'), told('p2', 'high'), 'moved'],
    ['change', told('p1', 'high'), [], 'entered'],
    ['refresh', told('p1', 'high'), told('p1', 'high'), 'same'],
    ['remove', [], told('p1', 'high'), 'left'],
    ['add', ['in'], [], 'entered'],
    ['refresh', ['in'], ['in'], 'same'],
  ])('%s of %j after %j has %s', (action, now, previous, change) => {
    expect(changeOf({ action, told: now, previous })).toBe(change);
  });

  it('tells now and before by name, and nothing for what there is not', () => {
    const row = { action: 'change', told: told('p1', ''), previous: told('p9', 'high') };
    expect(changeAttributes(row, 'pst_1', OUTCOMES, NAMES)).toEqual({
      change: 'moved',
      persona: 'p1',
      persona_name: 'Savers',
      previous_persona: 'p9',
      previous_persona_name: 'p9',
      buy_band: null,
      previous_buy_band: 'high',
    });
    expect(Object.keys(changeAttributes(row, 'pst_1', OUTCOMES, NAMES))).toEqual(
      changeAttributeNames('pst_1', OUTCOMES),
    );
    expect(changeAttributes(row, null, [], NAMES)).toEqual({ change: 'moved' });
  });

  it('of who left has nothing of now', () => {
    const row = { action: 'remove', told: told('p1', 'high'), previous: told('p1', 'high') };
    expect(changeAttributes(row, 'pst_1', OUTCOMES, NAMES)).toMatchObject({
      change: 'left',
      persona: null,
      previous_persona: 'p1',
      buy_band: null,
      previous_buy_band: 'high',
    });
  });

  it('keeps what a value has of equals signs', () => {
    expect(valuesOf(['in', 'persona=a=b', 'buy_band='])).toEqual(
      new Map([
        ['persona', 'a=b'],
        ['buy_band', ''],
      ]),
    );
  });
});

it.each([
  ['Will buy again?', 'will_buy_again'],
  ['  Ärger ', 'rger'],
  ['???', 'outcome'],
  ['x'.repeat(60), 'x'.repeat(40)],
])('%j becomes the name %s', (text, name) => expect(attributeName(text)).toBe(name));

it('finds outcomes and bands that come twice', () => {
  const bands = [
    { name: 'a', from: 1 },
    { name: 'b', from: 1 },
    { name: 'a', from: 2 },
  ];
  const faults = toldFaults([
    { outcomeId: '1', as: 'x', bands },
    { outcomeId: '2', as: 'x', bands: [] },
  ]);
  expect(faults.map(({ path }) => path)).toEqual(['outcomes[0].bands[1]', 'outcomes[0].bands[2]', 'outcomes[1].as']);
});
