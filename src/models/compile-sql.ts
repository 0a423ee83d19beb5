import { type CategoryCosts, costsOf, type NumberCosts, type TraitCosts } from './costs.ts';
import { clustersOf, keysOf, type PersonaModel } from './persona-model.ts';
import type { TraitSql } from './table.ts';

/** A statement and the values of its `{name:Type}` placeholders. Names of traits, levels and keys are only in `params`. */
export interface CompiledSql {
  sql: string;
  params: Record<string, unknown>;
}

interface CompiledTrait {
  /** Columns of the innermost query: what is read from the contact's maps. */
  columns: string[];
  /** Expression: 1 when the contact has the trait. */
  known: string;
  /** Expression of what the trait adds to the squared distance to each cluster. */
  costs: string[];
  params: Record<string, unknown>;
}

/**
 * The model as one SELECT over `source` (a table or sub-query with contact_id, num and cat), giving contact_id,
 * persona_key, second_key, distance, second_distance and margin. Contacts with too few of the model's traits are absent.
 * Plain column arithmetic in three steps: read the maps, sum the squared distances (a persona of several clusters is as
 * far as the nearest of them), pick the nearest two.
 * @param fields traits that are read from other columns of the source, by name
 * @param prefix keeps the parameters of two models in one statement apart
 */
export function assignmentQuery(
  model: PersonaModel,
  source: string,
  { fields = NO_FIELDS, prefix = '' }: { fields?: ReadonlyMap<string, TraitSql>; prefix?: string } = {},
): CompiledSql {
  const traits = costsOf(model).map((costs, index) =>
    compileTrait(costs, `${prefix}${index}`, fields.get(costs.encoding.trait)),
  );
  const clusters = clustersOf(model);
  const count = clusters.length;
  const each = (text: (p: number) => string) => Array.from({ length: count }, (_, p) => text(p));
  const read = `SELECT contact_id, ${traits.flatMap((trait) => trait.columns).join(', ')} FROM ${source}`;
  const square = (c: number) => traits.map((trait) => trait.costs[c]).join(' + ');
  const squares = each((p) => `${smallest(clusters[p]!.map(square))} AS d${p}`);
  const known = traits.map((trait) => trait.known).join(' + ');
  const measured = `SELECT contact_id, ${squares.join(', ')} FROM (${read}) WHERE ${known} >= ${model.minKnown}`;
  const first = `SELECT *, ${smallest(each((p) => `d${p}`))} AS s1, ${placeOf(
    each((p) => `d${p}`),
    's1',
  )} AS p1 FROM (${measured})`;
  const others = each((p) => `if(p1 = ${p + 1}, inf, d${p})`);
  const second = `SELECT contact_id, p1, sqrt(s1) AS distance, ${smallest(others)} AS s2, ${placeOf(others, 's2')} AS p2 FROM (${first})`;
  const keys = `{${prefix}persona_keys:Array(String)}`;
  return {
    sql:
      `SELECT contact_id, ${keys}[p1] AS persona_key, ${keys}[p2] AS second_key, distance, ` +
      `sqrt(s2) AS second_distance, if(second_distance > 0, (second_distance - distance) / second_distance, 0) AS margin FROM (${second})`,
    params: Object.assign({ [`${prefix}persona_keys`]: keysOf(model) }, ...traits.map((trait) => trait.params)),
  };
}

const NO_FIELDS: ReadonlyMap<string, TraitSql> = new Map();

function compileTrait(costs: TraitCosts, index: string, field: TraitSql | undefined): CompiledTrait {
  return costs.kind === 'number' ? compileNumber(costs, index, field) : compileCategory(costs, index, field);
}

function compileNumber(
  { encoding, centers, present, absent }: NumberCosts,
  index: string,
  field: TraitSql | undefined,
): CompiledTrait {
  const [name, z, known] = [`t${index}`, `z${index}`, `k${index}`];
  const value = field?.value ?? `num[{${name}:String}]`;
  const scaled = `least(${float(encoding.clip)}, greatest(${float(-encoding.clip)}, (${value} - ${float(encoding.center)}) / ${float(encoding.scale)}))`;
  return {
    columns: [
      `${field?.known ?? `mapContains(num, {${name}:String})`} AND isFinite(${value}) AS ${known}`,
      `if(${known}, ${scaled}, ${float(encoding.fill)}) AS ${z}`,
    ],
    known,
    costs: centers.map((center, p) => {
      const square = `(${z} - ${float(center)}) * (${z} - ${float(center)})`;
      return present.length === 0 ? square : `(${square} + if(${known}, ${float(present[p]!)}, ${float(absent[p]!)}))`;
    }),
    params: { [name]: encoding.trait },
  };
}

function compileCategory(
  { encoding, costs }: CategoryCosts,
  index: string,
  field: TraitSql | undefined,
): CompiledTrait {
  const [name, levels, code] = [`t${index}`, `l${index}`, `c${index}`];
  const places = encoding.levels.map((_, place) => place + 1).concat(costs.length);
  return {
    columns: [
      `transform(${field?.value ?? `cat[{${name}:String}]`}, {${levels}:Array(String)}, [${places.join(', ')}], ${costs.length - 1}) AS ${code}`,
    ],
    known: `(${code} < ${costs.length})`,
    costs: costs[0]!.map((_, p) => {
      const listed = costs.slice(0, -1).map((row) => float(row[p]!));
      return `transform(${code}, [${listed.map((_, place) => place + 1).join(', ')}], [${listed.join(', ')}], ${float(costs.at(-1)![p]!)})`;
    }),
    params: { [name]: encoding.trait, [levels]: [...encoding.levels, ''] },
  };
}

const smallest = (expressions: string[]) => expressions.reduce((a, b) => `least(${a}, ${b})`);

/** Place (from 1) of the first expression that equals `value`. */
function placeOf(expressions: string[], value: string): string {
  const branches = expressions.slice(0, -1).map((expression, p) => `${expression} = ${value}, ${p + 1}`);
  return `multiIf(${branches.join(', ')}, ${expressions.length})`;
}

/** A number as a Float64 literal that reads back to the same bits. */
function float(value: number): string {
  const text = String(value);
  const literal = /[.e]/.test(text) ? text : `${text}.0`;
  return value < 0 || Object.is(value, -0) ? `(${literal})` : literal;
}
