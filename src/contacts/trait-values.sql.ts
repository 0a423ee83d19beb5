import type { TraitType } from './values/infer.ts';

/** The map of `contacts` that holds the values of a type. */
export const mapOf = (type: TraitType): 'num' | 'cat' => (type === 'category' ? 'cat' : 'num');

const NAME = '{name:String}';
const TO = '{to:String}';
const OTHER_WORDS = (words: Iterable<string>) => `[${[...words].map((word) => `'${word}'`).join(', ')}]`;

/**
 * Writes contacts again with other maps: a complete row a contact, of a higher version. Each statement leaves out those
 * that it has nothing to change of, so it may run again with the same result.
 */
const rewrite = (maps: string, which: string): string => `
  INSERT INTO contacts SELECT * REPLACE (greatest(version + 1, {version:UInt64}) AS version, ${maps})
  FROM (SELECT * FROM contacts FINAL WHERE account_id = {account:String} AND deleted = 0 AND ${which})`;

const put = (map: string, key: string, value: string, type: string) =>
  `mapUpdate(${map}, CAST(([${key}], [${value}]), 'Map(LowCardinality(String), ${type})')) AS ${map}`;
const without = (map: string, key: string) => `mapFilter((k, v) -> k != ${key}, ${map}) AS ${map}`;
const valueType = (map: 'num' | 'cat') => (map === 'num' ? 'Float64' : 'String');

/** Gives the values of a trait a second name beside the first. */
export const copySql = (type: TraitType): string => {
  const map = mapOf(type);
  const value = `${map}[${NAME}]`;
  return rewrite(
    put(map, TO, value, valueType(map)),
    `mapContains(${map}, ${NAME}) AND NOT (mapContains(${map}, ${TO}) AND ${map}[${TO}] = ${value})`,
  );
};

/** Removes the values of a trait from one map. */
export const clearSql = (map: 'num' | 'cat'): string => rewrite(without(map, NAME), `mapContains(${map}, ${NAME})`);

interface Conversion {
  /** Of a stored value: the value in the other type, or NULL. */
  value: string;
}

/** How values of one type become those of another; what is not listed has no conversion. */
export function conversionOf(
  from: TraitType,
  to: TraitType,
  words: { yes: Iterable<string>; no: Iterable<string> },
): Conversion | undefined {
  const [num, cat] = [`num[${NAME}]`, `trimBoth(cat[${NAME}])`];
  const yes = `has(${OTHER_WORDS(words.yes)}, lowerUTF8(${cat}))`;
  const no = `has(${OTHER_WORDS(words.no)}, lowerUTF8(${cat}))`;
  const table: Partial<Record<`${TraitType} ${TraitType}`, string>> = {
    'number category': `toString(${num})`,
    'boolean category': `if(${num} = 1, 'true', 'false')`,
    'date category': `toString(toDate32(toInt32(${num})))`,
    'category number': `if(isFinite(ifNull(toFloat64OrNull(${cat}), nan)), toFloat64OrNull(${cat}), NULL)`,
    'category boolean': `multiIf(${yes}, 1, ${no}, 0, NULL)`,
    'category date': `if(match(${cat}, '^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'), toInt32(toDate32OrNull(substring(${cat}, 1, 10))), NULL)`,
    'number boolean': `if(${num} IN (0, 1), ${num}, NULL)`,
    'boolean number': num,
  };
  const value = table[`${from} ${to}`];
  return value === undefined ? undefined : { value };
}

/** How many contacts have a value of the trait, and how many of these keep one in the other type. */
export const conversionCountSql = (from: TraitType, { value }: Conversion): string => `
  SELECT count() AS values, countIf(isNotNull(${value})) AS converted FROM contacts FINAL
  WHERE account_id = {account:String} AND deleted = 0 AND mapContains(${mapOf(from)}, ${NAME})`;

/** Adds the converted values to the other map; within one map, drops what has no conversion. */
export function convertSql(from: TraitType, to: TraitType, { value }: Conversion): string {
  const [before, after] = [mapOf(from), mapOf(to)];
  const known = `mapContains(${before}, ${NAME})`;
  if (before === after) return rewrite(without(before, NAME), `${known} AND isNull(${value})`);
  const type = valueType(after);
  return rewrite(
    put(after, NAME, `assumeNotNull(CAST(${value}, 'Nullable(${type})'))`, type),
    `${known} AND isNotNull(${value}) AND NOT mapContains(${after}, ${NAME})`,
  );
}
