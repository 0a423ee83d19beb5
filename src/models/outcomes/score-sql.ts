import type { TraitSql } from '../table.ts';
import type { CategoryPoints, Day, NumberPoints, OutcomeModel } from './outcome-model.ts';

/** A piece of a statement and the values of its `{name:Type}` placeholders. Names of traits and levels are only in `params`. */
export interface ScoreSql {
  sql: string;
  params: Record<string, unknown>;
}

/**
 * The model as one expression over a row with `num` and `cat`: the probability, 0 to 1. Sums in the order of
 * `probability`, so that both agree to the last bits.
 * @param fields traits that are read from other columns of the row, by name
 */
export function probabilitySql(
  model: OutcomeModel,
  today: Day,
  fields: ReadonlyMap<string, TraitSql> = new Map(),
): ScoreSql {
  const params: Record<string, unknown> = {};
  const terms = model.traits.map((trait, i) =>
    trait.kind === 'number'
      ? numberSql(trait, `${i}`, today, params, fields.get(trait.trait))
      : categorySql(trait, `${i}`, params, fields.get(trait.trait)),
  );
  return { sql: `1 / (1 + exp(-(${[float(model.intercept), ...terms].join(' + ')})))`, params };
}

function numberSql(
  trait: NumberPoints,
  index: string,
  today: Day,
  params: Record<string, unknown>,
  field: TraitSql | undefined,
): string {
  const [name, x] = [`o_t${index}`, `o_x${index}`];
  params[name] = trait.trait;
  const raw = field?.value ?? `num[{${name}:String}]`;
  const value = trait.type === 'date' ? `(${float(today)} - ${raw})` : raw;
  const known = `${field?.known ?? `mapContains(num, {${name}:String})`} AND isFinite(${value} AS ${x})`;
  const starts = ['-inf', ...trait.edges.map(float)].join(', ');
  const ofBin = trait.points.map(float).join(', ');
  const points = `transform(roundDown(${x}, [${starts}]), [${starts}], [${ofBin}], ${float(trait.points[0]!)})`;
  const along = `(least(${float(trait.high)}, greatest(${float(trait.low)}, ${x})) - ${float(trait.center)}) / ${float(trait.scale)}`;
  const sum = `${points} + ${float(trait.slope)} * (${along})`;
  return `if(${known}, ${sum}, ${float(trait.missing)})`;
}

function categorySql(
  trait: CategoryPoints,
  index: string,
  params: Record<string, unknown>,
  field: TraitSql | undefined,
): string {
  const [name, levels] = [`o_t${index}`, `o_l${index}`];
  params[name] = trait.trait;
  params[levels] = [...trait.levels, ''];
  const points = [...trait.points, trait.missing].map(float).join(', ');
  return `transform(${field?.value ?? `cat[{${name}:String}]`}, {${levels}:Array(String)}, [${points}], ${float(trait.other)})`;
}

/** A number as a Float64 literal that reads back to the same bits. */
function float(value: number): string {
  const text = String(value);
  const literal = /[.e]/.test(text) ? text : `${text}.0`;
  return value < 0 || Object.is(value, -0) ? `(${literal})` : literal;
}
