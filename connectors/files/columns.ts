import type { EncodeContext } from '../destination.ts';
import { DestinationError } from '../errors.ts';
import { type Hash, IDENTIFIERS } from '../match-keys.ts';
import { SEGMENT_FIELDS } from './fields.ts';
import { headerCell } from './file.ts';
import type { FileOptions } from './options.ts';
import { type ColumnSpec, type DateFormat, type FileProfile, profileOf } from './profile.ts';

/** A column as it will be written. */
export type Column = { header: string } & (
  | { kind: 'identifier'; key: string; nth: number; hash: Hash | 'none'; dateFormat: DateFormat }
  | { kind: 'attribute'; name: string; dateFormat: DateFormat }
  | { kind: 'segment'; field: string }
  | { kind: 'constant'; value: string }
);

export interface Layout {
  profile: FileProfile;
  columns: Column[];
}

type LayoutContext = Pick<EncodeContext<FileOptions>, 'options' | 'matchKeys' | 'attributes' | 'representation'>;

/** The columns of a delivery. @throws DestinationError `config` naming what cannot be written */
export function layoutOf({ options, matchKeys, attributes, representation }: LayoutContext): Layout {
  const isReferenced = representation === 'referenced';
  const profile = profileOf(options, representation);
  const specs = profile.columns ?? (isReferenced ? REFERENCED : defaultColumns(matchKeys));
  const expanded = specs.flatMap((spec) =>
    spec.source === 'attributes' ? attributes.map((name) => ({ source: `attribute:${name}` })) : [spec],
  );
  const columns = expanded.map((spec) => columnOf(spec, profile));
  const faults = [...faultsOf(columns, profile), ...(isReferenced ? namingFaults(columns) : [])];
  if (faults.length > 0) throw new DestinationError('config', faults.join(' '), { vendorCode: 'columns' });
  return { profile, columns };
}

/** The key by which receivers know people already. */
const REFERENCE = 'EXTERN_ID';
const REFERENCED: ColumnSpec[] = [{ source: REFERENCE }, { source: 'attributes' }];

/** Columns that name people otherwise than by the id they are referred to by. */
function namingFaults(columns: Column[]): string[] {
  const naming = columns.filter((column) => column.kind === 'identifier' && column.key !== REFERENCE);
  const headers = naming.map(({ header }) => header).join(', ');
  return naming.length > 0 ? [`A referenced file knows people by ${REFERENCE} alone; leave out ${headers}.`] : [];
}

function defaultColumns(matchKeys: string[]): ColumnSpec[] {
  return [...matchKeys, 'persona.key', 'persona.name', 'attributes'].map((source) => ({ source }));
}

function columnOf(spec: ColumnSpec, profile: FileProfile): Column {
  const { source, nth = 1, dateFormat = profile.dateFormat } = spec;
  const attribute = source.startsWith('attribute:') ? source.slice('attribute:'.length) : undefined;
  const identifier = IDENTIFIERS[source];
  const usual = identifier
    ? identifier.header + (nth > 1 ? `_${nth}` : '')
    : (attribute ?? source.replaceAll('.', '_'));
  const header = headerCell(cased(spec.header ?? usual, profile.headerCase), profile.format);
  if (identifier) {
    const byDefault = profile.representation === 'hashed' && identifier.digest ? profile.hash : 'none';
    return { header, kind: 'identifier', key: source, nth, hash: spec.hash ?? byDefault, dateFormat };
  }
  if (attribute !== undefined) return { header, kind: 'attribute', name: attribute, dateFormat };
  if (SEGMENT_FIELDS[source]) return { header, kind: 'segment', field: source };
  if (source === 'constant') return { header, kind: 'constant', value: spec.value ?? '' };
  throw new DestinationError('config', `There is no column source "${source}".`, { vendorCode: 'columns' });
}

function faultsOf(columns: Column[], profile: FileProfile): string[] {
  const headers = columns.map(({ header }) => header.toLowerCase());
  // the templates of Meta and Google repeat a header for the further values of one identifier
  const isFurther = (column: Column, first: Column) =>
    column.kind === 'identifier' &&
    first.kind === 'identifier' &&
    column.key === first.key &&
    column.nth !== first.nth &&
    column.hash === first.hash;
  const twice = [
    ...new Set(
      headers.filter((header, n) => {
        const first = headers.indexOf(header);
        return first !== n && !isFurther(columns[n]!, columns[first]!);
      }),
    ),
  ];
  const bare = columns.filter(
    (c) =>
      c.kind === 'identifier' && c.hash === 'none' && profile.representation === 'hashed' && IDENTIFIERS[c.key]!.digest,
  );
  const unknown = profile.required.filter((key) => !columns.some((c) => c.kind === 'identifier' && c.key === key));
  return [
    columns.some((c) => c.kind === 'identifier')
      ? ''
      : 'A file needs at least one identifier column; name a match key.',
    headers.includes('') ? 'A column has an empty header.' : '',
    twice.length > 0 ? `Two columns have the header ${twice.join(', ')}.` : '',
    bare.length > 0
      ? `A hashed file cannot hold ${bare.map((c) => c.header).join(', ')} in the clear; choose a digest, or the plain representation.`
      : '',
    unknown.length > 0 ? `Required, but not a column: ${unknown.join(', ')}.` : '',
  ].filter(Boolean);
}

function cased(text: string, headerCase: FileProfile['headerCase']): string {
  if (headerCase === 'upper') return text.toUpperCase();
  return headerCase === 'lower' ? text.toLowerCase() : text;
}
