import type { AttributeValue } from '../../connectors/destination.ts';
import { type FieldProblem } from '../http/problem.ts';

/** A band of percentiles: from `from` (0 to 100) up to the next one. */
export interface Band {
  name: string;
  from: number;
}

/** What a delivery of changes tells of each member, by the versions that are live. */
export interface Told {
  personaVersionId?: string;
  outcomes: { as: string; versionId: string; bands: Band[] }[];
}

/** An outcome whose bands a delivery of changes tells. */
export interface ToldOutcome {
  outcomeId: string;
  /** What its attribute is called, before `_band`. */
  as: string;
  bands: Band[];
}

export type Change = 'entered' | 'moved' | 'left' | 'same';

export const DEFAULT_BANDS: readonly Band[] = [
  { name: 'high', from: 80 },
  { name: 'medium', from: 50 },
  { name: 'low', from: 0 },
];

/** What a row of changes is made from. */
export interface ChangedRow {
  action: string;
  told: string[];
  previous: string[];
}

export function changeOf({ action, told, previous }: ChangedRow): Change {
  if (action === 'remove') return 'left';
  if (previous.length === 0) return 'entered';
  return told.join('\n') === previous.join('\n') ? 'same' : 'moved';
}

/** Names of the attributes that every row of changes carries, before those that the delivery names. */
export function changeAttributeNames(personaSetId: string | null, outcomes: ToldOutcome[]): string[] {
  return [
    'change',
    ...(personaSetId ? ['persona', 'persona_name', 'previous_persona', 'previous_persona_name'] : []),
    ...outcomes.flatMap(({ as }) => [`${as}_band`, `previous_${as}_band`]),
  ];
}

/** Names of everything that travels with members of a delivery, in the order of a file's columns. */
export const carriedNames = (delivery: {
  mode: string;
  personaSetId: string | null;
  outcomes: ToldOutcome[];
  attributes: string[];
}): string[] =>
  delivery.mode === 'changes'
    ? [...changeAttributeNames(delivery.personaSetId, delivery.outcomes), ...delivery.attributes]
    : delivery.attributes;

/** Values of the attributes that tell a change. @param names of personas by key */
export function changeAttributes(
  row: ChangedRow,
  personaSetId: string | null,
  outcomes: ToldOutcome[],
  names: ReadonlyMap<string, string>,
): Record<string, AttributeValue> {
  const change = changeOf(row);
  const now = change === 'left' ? new Map<string, string>() : valuesOf(row.told);
  const before = valuesOf(row.previous);
  const values: Record<string, AttributeValue> = { change };
  const called = (key: string | null) => (key === null ? null : (names.get(key) ?? key));
  const of = (all: Map<string, string>, name: string) => all.get(name) || null;
  if (personaSetId) {
    values.persona = of(now, 'persona');
    values.persona_name = called(of(now, 'persona'));
    values.previous_persona = of(before, 'persona');
    values.previous_persona_name = called(of(before, 'persona'));
  }
  for (const { as } of outcomes) {
    values[`${as}_band`] = of(now, `${as}_band`);
    values[`previous_${as}_band`] = of(before, `${as}_band`);
  }
  return values;
}

/** What was told, by name: `persona` and one `…_band` an outcome. */
export const valuesOf = (told: string[]): Map<string, string> =>
  new Map(
    told
      .filter((entry) => entry.includes('='))
      .map((entry) => {
        const at = entry.indexOf('=');
        return [entry.slice(0, at), entry.slice(at + 1)];
      }),
  );

/** What is wrong with the outcomes of a delivery, by itself. */
export function toldFaults(outcomes: ToldOutcome[]): FieldProblem[] {
  const repeated = <T>(values: T[], i: number) => values.indexOf(values[i]!) !== i;
  return outcomes.flatMap(({ bands }, i): FieldProblem[] => [
    ...(repeated(
      outcomes.map(({ as }) => as),
      i,
    )
      ? [{ path: `outcomes[${i}].as`, code: 'repeated', message: 'Another outcome has this name; give `as`.' }]
      : []),
    ...bands.flatMap((_, b) =>
      repeated(
        bands.map(({ name }) => name),
        b,
      ) ||
      repeated(
        bands.map(({ from }) => from),
        b,
      )
        ? [
            {
              path: `outcomes[${i}].bands[${b}]`,
              code: 'repeated',
              message: 'Another band has this name or begins there.',
            },
          ]
        : [],
    ),
  ]);
}

/** A name for attributes out of words. */
export const attributeName = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, 40) || 'outcome';
