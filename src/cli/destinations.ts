import type { DestinationDefinition } from '../../connectors/destination.ts';
import type { ErrorCode } from '../../connectors/errors.ts';
import { describeDestination, type FieldDescription } from '../connections/destinations.ts';

/** docs/destinations.md, made of the definitions: `reach destinations > docs/destinations.md`. */
export function destinationsPage(definitions: DestinationDefinition[]): string {
  return [
    '# Destinations',
    '',
    'Printed by `reach destinations` from the definitions; a test keeps this page fresh.',
    '',
    ...overview(definitions),
    ...definitions.flatMap(section),
  ].join('\n');
}

function overview(definitions: DestinationDefinition[]): string[] {
  const rows = definitions.map(({ type, title, capabilities: c }) => [
    `[${title}](#${type})`,
    c.modes.join(', '),
    c.representations.join(', '),
    c.mirrorBy === 'snapshot' ? 'whole file' : 'adds and removes',
    c.confirmsLater ? 'asked later' : 'at once',
    number(c.batchSize),
    number(c.memberFloor),
  ]);
  return table(['destination', 'modes', 'identifiers', 'mirrors by', 'confirmed', 'batch', 'fewest members'], rows);
}

function section(definition: DestinationDefinition): string[] {
  const { type, title, summary, settings, options } = describeDestination(definition);
  const { capabilities: c, errors } = definition;
  const limits = [
    `Match keys: ${c.matchKeys.map((key) => (c.defaultMatchKeys.includes(key) ? `**${key}**` : key)).join(', ')} (bold: used when a delivery names none).`,
    `Attributes travel ${c.carriesAttributes === 'columns' ? 'with each member' : "on the list's description"}.`,
    c.audienceCap ? `At most ${number(c.audienceCap)} audiences a connection.` : '',
    c.membershipDays ? `Members are forgotten after ${c.membershipDays} days unless sent again.` : '',
  ];
  return [
    `<a id="${type}"></a>`,
    '',
    `## ${title} (\`${type}\`)`,
    '',
    summary,
    '',
    ...limits.filter(Boolean).map((line) => `- ${line}`),
    '',
    '### Connection',
    '',
    ...fieldTable(settings),
    '### Delivery options',
    '',
    ...fieldTable(options),
    '### Errors',
    '',
    ...table(
      ['code', 'what follows', 'meaning'],
      errors.map(({ vendor, code, text }) => [`\`${vendor}\``, FOLLOWS[code], text]),
    ),
  ];
}

/** The action table of deliveries in a word. */
const FOLLOWS: Record<ErrorCode, string> = {
  auth: 'stops the connection',
  config: 'stops the segment',
  'audience-missing': 'stops the segment',
  policy: 'stops the segment',
  payload: 'refuses the contacts',
  throttled: 'waits',
  transient: 'tries again',
  restart: 'begins the upload again',
  unknown: 'tries again, three times',
};

function fieldTable(fields: FieldDescription[]): string[] {
  if (fields.length === 0) return ['None.', ''];
  const rows = fields.flatMap((field) => fieldRows(field));
  return table(['field', 'what', 'kind', ''], rows);
}

/** A field's line, and those of its parts: `columns[].source`. */
function fieldRows(
  { name, label, kind, secret, required, choices, fields = [] }: FieldDescription,
  of = '',
): string[][] {
  const path = `${of}${name}`;
  const line = [
    `\`${path}\``,
    label,
    choices ? choices.map((choice) => `\`${String(choice)}\``).join(', ') : kind,
    [required ? 'required' : '', secret ? 'sealed' : ''].filter(Boolean).join(', '),
  ];
  return [line, ...fields.flatMap((part) => fieldRows(part, `${path}${kind === 'rows' ? '[]' : ''}.`))];
}

function table(head: string[], rows: string[][]): string[] {
  const line = (cells: string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line), ''];
}

const number = (value: number) => value.toLocaleString('en-US');
