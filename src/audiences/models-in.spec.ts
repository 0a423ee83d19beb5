import type { Condition } from '../conditions/condition.ts';
import type { AudienceDefinition } from './definition.ts';
import { modelsIn } from './models-in.ts';

const everyone = (given: Partial<AudienceDefinition> = {}): AudienceDefinition => ({
  include: { cohorts: [] },
  exclude: { cohorts: [] },
  ...given,
});
const persona = (set: string): Condition => ({ persona: { set, in: ['p1'] } });
const score = (outcome: string): Condition => ({ outcome, percentile: { gte: 90 } });

describe('the models that an audience asks', () => {
  const cohorts = new Map<string, Condition>([
    ['plain', { trait: 'plan', op: 'eq', value: 'basic' }],
    ['nested', { not: { any: [{ cohort: 'scored' }, { cohort: 'nested' }] } }],
    ['scored', score('out_1')],
  ]);
  const audiences = new Map<string, AudienceDefinition>([
    ['described', everyone({ personaSetId: 'set_1' })],
    ['filtered', everyone({ personaSetId: 'set_1', personas: ['p1'] })],
    ['condition', everyone({ include: { cohorts: [], condition: { all: [persona('set_2'), score('out_2')] } } })],
    ['excluding', everyone({ exclude: { cohorts: ['nested'] } })],
    ['within', everyone({ include: { cohorts: ['plain'], condition: { not: { audience: 'filtered' } } } })],
    ['circle', everyone({ include: { cohorts: [], condition: { all: [{ audience: 'circle' }, score('out_3')] } } })],
  ]);

  it.each<[string, string[], string[]]>([
    ['described', [], []],
    ['filtered', ['set_1'], []],
    ['condition', ['set_2'], ['out_2']],
    ['excluding', [], ['out_1']],
    ['within', ['set_1'], []],
    ['circle', [], ['out_3']],
    ['gone', [], []],
  ])('%s: %j %j', (id, personaSets, outcomes) => {
    expect(modelsIn(id, audiences, cohorts)).toEqual({
      personaSets: new Set(personaSets),
      outcomes: new Set(outcomes),
    });
  });
});
