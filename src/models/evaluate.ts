import { costsOf, type NumberCosts, type TraitCosts } from './costs.ts';
import { scaled } from './encoding.ts';
import { type Assignment, clustersOf, keysOf, type PersonaModel } from './persona-model.ts';
import { categoryOf, numberOf, type Traits } from './table.ts';

/**
 * A model ready to assign contacts one by one, in microseconds each. Agrees with `assignmentQuery` on every contact.
 * The function answers nothing for a contact that has too few of the model's traits.
 */
export function evaluator(model: PersonaModel): (traits: Traits) => Assignment | undefined {
  const traitCosts = costsOf(model).map(preparedCost);
  const [keys, clusters] = [keysOf(model), clustersOf(model)];
  const merged = keys.length < model.personas.length;
  return (traits) => {
    const squares = new Array<number>(model.personas.length).fill(0);
    let known = 0;
    for (const add of traitCosts) known += add(traits, squares) ? 1 : 0;
    if (known < model.minKnown) return undefined;
    return nearest(keys, merged ? clusters.map((own) => Math.min(...own.map((c) => squares[c]!))) : squares);
  };
}

/** Adds a trait's costs to the squared distances; says whether the contact has the trait. */
type AddCost = (traits: Traits, squares: number[]) => boolean;

function preparedCost(costs: TraitCosts): AddCost {
  const { trait } = costs.encoding;
  if (costs.kind === 'number') return (traits, squares) => addNumber(costs, numberOf(traits, trait), squares);
  const { levels } = costs.encoding;
  const places = new Map(levels.map((level, place) => [level, place]));
  return (traits, squares) => {
    const value = categoryOf(traits, trait);
    const place = value === '' ? levels.length + 1 : (places.get(value) ?? levels.length);
    const row = costs.costs[place]!;
    for (let p = 0; p < squares.length; p++) squares[p]! += row[p]!;
    return value !== '';
  };
}

function addNumber(costs: NumberCosts, value: number, squares: number[]): boolean {
  const known = !Number.isNaN(value);
  const z = known ? scaled(costs.encoding, value) : costs.encoding.fill;
  const flag = known ? costs.present : costs.absent;
  for (let p = 0; p < squares.length; p++) {
    const offset = z - costs.centers[p]!;
    squares[p]! += offset * offset + (flag[p] ?? 0);
  }
  return known;
}

function nearest(keys: string[], squares: number[]): Assignment {
  let first = 0;
  for (let p = 1; p < squares.length; p++) if (squares[p]! < squares[first]!) first = p;
  let second = first === 0 ? 1 : 0;
  for (let p = 0; p < squares.length; p++) if (p !== first && squares[p]! < squares[second]!) second = p;
  const distance = Math.sqrt(squares[first]!);
  const secondDistance = Math.sqrt(squares[second]!);
  const margin = secondDistance > 0 ? (secondDistance - distance) / secondDistance : 0;
  return { key: keys[first]!, secondKey: keys[second]!, distance, secondDistance, margin };
}
