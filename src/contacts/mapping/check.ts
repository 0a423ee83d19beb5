import type { FieldProblem } from '../../http/problem.ts';
import type { FileFormat } from '../files/format.ts';
import { type EventMapping, isMulti, isSingle, type Mapping, purposesOf, traitName } from './mapping.ts';

/**
 * What a mapping of the right shape still contradicts: columns that the file does not have, one field fed twice, a key
 * that nothing can give. Every fault with the path of the place to change.
 */
export function checkMapping(mapping: Mapping, file: Pick<FileFormat, 'columns' | 'format'>): FieldProblem[] {
  return [...checkKey(mapping, file), ...checkColumns(mapping, file), ...checkEvents(mapping, file)];
}

const problem = (path: string, code: string, message: string): FieldProblem => ({
  path: `mapping.${path}`,
  code,
  message,
});

function unknownColumn(path: string, column: string, file: Pick<FileFormat, 'columns' | 'format'>): FieldProblem[] {
  // a JSON key may first turn up beyond the sample
  if (file.format === 'jsonl' || file.columns.includes(column)) return [];
  const shown = file.columns.slice(0, 30).join(', ') + (file.columns.length > 30 ? ', …' : '');
  return [problem(path, 'unknown_column', `the file has no column "${column}"; it has ${shown}`)];
}

function checkKey(mapping: Mapping, file: Pick<FileFormat, 'columns' | 'format'>): FieldProblem[] {
  const { column, field } = mapping.key;
  if ((column === undefined) === (field === undefined))
    return [problem('key', 'key_needs_one', 'give exactly one of column and field')];
  if (field !== undefined) {
    if (mapping.columns.some((c) => c.as === field)) return [];
    return [problem('key.field', 'key_not_mapped', `no column is mapped as ${field}`)];
  }
  const roles = mapping.columns.filter((c) => c.column === column).map((c) => c.as);
  if (roles.includes('ignore')) return [problem('key.column', 'key_ignored', 'the key column is mapped as ignore')];
  if (roles.some(isSingle))
    return [problem('key.column', 'key_not_unique', `a ${roles.find(isSingle)} does not tell people apart`)];
  return unknownColumn('key.column', column!, file);
}

function checkColumns(mapping: Mapping, file: Pick<FileFormat, 'columns' | 'format'>): FieldProblem[] {
  const taken = new Map<string, number>();
  /** @returns the problem when something else already claimed the same thing */
  const claim = (thing: string, index: number, code: string, message: (first: number) => string): FieldProblem[] => {
    const first = taken.get(thing);
    if (first !== undefined) return [problem(`columns[${index}]`, code, message(first))];
    taken.set(thing, index);
    return [];
  };
  return mapping.columns.flatMap((c, i) => {
    const found = unknownColumn(`columns[${i}].column`, c.column, file);
    const isField = isMulti(c.as) || isSingle(c.as);
    if (isField || c.as === 'ignore') {
      found.push(
        ...claim(
          `field of ${c.column}`,
          i,
          'column_mapped_twice',
          (n) => `"${c.column}" is already mapped as ${mapping.columns[n]!.as}`,
        ),
      );
    }
    if (isSingle(c.as))
      found.push(
        ...claim(`field ${c.as}`, i, 'field_mapped_twice', (n) => `${c.as} holds one value and columns[${n}] gives it`),
      );
    if (c.as === 'trait')
      found.push(
        ...claim(
          `trait ${traitName(c)}`,
          i,
          'trait_mapped_twice',
          (n) => `columns[${n}] gives the trait "${traitName(c)}"`,
        ),
      );
    for (const purpose of c.as === 'consent' ? purposesOf(c) : [])
      found.push(
        ...claim(
          `consent ${purpose}`,
          i,
          'consent_mapped_twice',
          (n) => `columns[${n}] gives the consent "${purpose}"`,
        ),
      );
    if (c.trait && c.as !== 'trait')
      found.push(problem(`columns[${i}].trait`, 'not_a_trait', `the column is mapped as ${c.as}`));
    if (c.consent && c.as !== 'consent')
      found.push(problem(`columns[${i}].consent`, 'not_a_consent', `the column is mapped as ${c.as}`));
    if (mapping.kind === 'events' && c.as !== 'ignore' && c.column !== mapping.key.column && c.as !== mapping.key.field)
      found.push(
        problem(
          `columns[${i}].as`,
          'events_only',
          'a file of events changes no contact: map only the key, or use kind contacts',
        ),
      );
    return found;
  });
}

function checkEvents(mapping: Mapping, file: Pick<FileFormat, 'columns' | 'format'>): FieldProblem[] {
  const events = mapping.events ?? [];
  if (mapping.kind === 'events' && events.length === 0)
    return [problem('events', 'events_missing', 'say which columns hold the stream, time and value of the events')];
  const streams = events.map((event) => event.stream);
  return events.flatMap((event, i) => {
    const twice = streams.indexOf(event.stream) < i;
    return [
      ...(twice
        ? [problem(`events[${i}]`, 'stream_mapped_twice', `a row has one time in the stream "${event.stream}"`)]
        : []),
      ...eventCells(event, `events[${i}]`).flatMap(([path, column]) =>
        typeof column === 'string'
          ? unknownColumn(path, column, file)
          : [problem(path, 'not_a_column', 'must be the name of a column')],
      ),
    ];
  });
}

function eventCells(event: EventMapping, path: string): [string, unknown][] {
  const own = (['time', 'value', 'id'] as const).filter((name) => event[name] !== undefined);
  return [
    ...own.map((name): [string, unknown] => [`${path}.${name}`, event[name]]),
    ...Object.entries(event.properties ?? {}).map(([name, column]): [string, unknown] => [
      `${path}.properties.${name}`,
      column,
    ]),
  ];
}
