import type { FieldProblem } from '../../api/problem.ts';
import type { Destination } from '../../api/types/connections.ts';
import type { AttachedCreatives } from '../../api/types/creatives.ts';
import type { Guards, Schedule } from '../../api/types/deliveries.ts';
import type { Persona } from '../../api/types/personas.ts';
import type { FieldValues } from '../../components/declared.ts';
import { creativesOrNone, DEFAULT_GUARDS, NO_CREATIVES, NO_SCHEDULE, scheduleOrNone } from './rules.ts';

/** A delivery while it is put together. */
export interface Draft {
  name: string;
  audienceId: string | null;
  connectionId: string | null;
  splitByPersona: boolean;
  personaSetId: string | null;
  mode: string;
  representation: string | null;
  /** Null: what the destination recommends. */
  matchKeys: string[] | null;
  attributes: string[];
  nameTemplate: string;
  descriptionTemplate: string;
  defaultCountry: string;
  options: FieldValues;
  guards: Guards;
  creatives: AttachedCreatives;
  schedule: Schedule;
}

export const emptyDraft = (audienceId: string | null): Draft => ({
  name: '',
  audienceId,
  connectionId: null,
  splitByPersona: true,
  personaSetId: null,
  mode: 'mirror',
  representation: null,
  matchKeys: null,
  attributes: [],
  nameTemplate: '{{audience}} – {{persona}}',
  descriptionTemplate: '{{summary}}',
  defaultCountry: '',
  options: {},
  guards: DEFAULT_GUARDS,
  creatives: NO_CREATIVES,
  schedule: NO_SCHEDULE,
});

/** The draft as the API takes it: what is left open is decided there. */
export function bodyOf(draft: Draft) {
  const { matchKeys, representation, personaSetId, defaultCountry, options, schedule, creatives, ...rest } = draft;
  return {
    ...rest,
    ...(matchKeys ? { matchKeys } : {}),
    ...(representation ? { representation } : {}),
    ...(personaSetId ? { personaSetId } : {}),
    ...(defaultCountry ? { defaultCountry } : {}),
    creatives: creativesOrNone(creatives),
    schedule: scheduleOrNone(schedule),
    options: Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  };
}

/** A remote name as the template will give it. The dry run shows the names as the service renders them. */
export function renderName(
  template: string,
  values: { audience: string; persona: string; key: string; delivery: string },
) {
  return template
    .replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, word: string) => values[word as keyof typeof values] ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

export const wholeAudience = (name: string): Pick<Persona, 'key' | 'name' | 'color'> => ({
  key: 'all',
  name,
  color: '#868e96',
});

/** Which step of the wizard asks for a field. */
const STEPS = [
  /^(audienceId)/,
  /^(connectionId)/,
  /^(splitByPersona|personaSetId|name$|nameTemplate|descriptionTemplate|creatives)/,
  /^(matchKeys|attributes|mode|representation|defaultCountry|options|consent)/,
  /^(guards|schedule)/,
];
export const stepOf = (problem: FieldProblem): number => STEPS.findIndex((step) => step.test(problem.path));

export interface StepProps {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  problemOf: (field: string) => string | undefined;
  /** Everything that is wrong with the draft. */
  problems: FieldProblem[];
}

export const recommended = (draft: Draft, destination: Destination): string[] =>
  draft.matchKeys ?? destination.capabilities.defaultMatchKeys;
