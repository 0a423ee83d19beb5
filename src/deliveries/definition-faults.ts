import type { Capabilities } from '../../connectors/destination.ts';
import type { FieldProblem } from '../http/problem.ts';
import { changeAttributeNames, toldFaults } from './changes.ts';
import type { DeliveryRow } from './runs.repository.ts';
import { type Schedule, scheduleFault } from './schedule.ts';
import { templateFault } from './segments.ts';

/** What can be wrong with a definition by itself. */
export type Definition = Pick<
  DeliveryRow,
  | 'splitByPersona'
  | 'personaSetId'
  | 'mode'
  | 'outcomes'
  | 'representation'
  | 'matchKeys'
  | 'attributes'
  | 'nameTemplate'
  | 'descriptionTemplate'
  | 'schedule'
>;

/** What is wrong with a definition for a destination, and with what it says of traits. */
export function faults(d: Definition, capabilities: Capabilities, traits: Set<string>): FieldProblem[] {
  const allowed = (path: string, value: string, list: Iterable<string>): FieldProblem[] =>
    new Set(list).has(value)
      ? []
      : [{ path, code: 'not_supported', message: `"${value}" is not one of: ${[...list].join(', ') || '(none)'}` }];
  const template = (path: string, value: string): FieldProblem[] => {
    const fault = templateFault(value);
    return fault ? [{ path, code: 'template', message: fault }] : [];
  };
  const schedule = (value: Schedule | null): FieldProblem[] => {
    const fault = value && scheduleFault(value);
    return fault ? [{ path: `schedule.${fault.path}`, code: 'schedule', message: fault.message }] : [];
  };
  const needsSet = d.splitByPersona && !d.personaSetId;
  const sameNames = d.splitByPersona && !/\{\{\s*(persona|key)\s*\}\}/.test(d.nameTemplate);
  return [
    ...(needsSet
      ? [
          {
            path: 'personaSetId',
            code: 'required',
            message: 'Splitting by persona needs a persona set: name one here or on the audience.',
          },
        ]
      : []),
    ...(sameNames
      ? [
          {
            path: 'nameTemplate',
            code: 'ambiguous',
            message:
              'With splitByPersona the name must contain {{persona}} or {{key}}, or every segment would have the same name.',
          },
        ]
      : []),
    ...(d.matchKeys.length === 0
      ? [{ path: 'matchKeys', code: 'required', message: 'At least one match key is needed.' }]
      : []),
    ...allowed('mode', d.mode, capabilities.modes),
    ...changesFaults(d),
    ...allowed('representation', d.representation, capabilities.representations),
    ...d.matchKeys.flatMap((key, i) => allowed(`matchKeys[${i}]`, key, capabilities.matchKeys)),
    ...d.attributes.flatMap((name, i) => allowed(`attributes[${i}]`, name, traits)),
    ...template('nameTemplate', d.nameTemplate),
    ...template('descriptionTemplate', d.descriptionTemplate),
    ...schedule(d.schedule),
  ];
}

/** What the mode `changes` asks for, and what only it may have. */
function changesFaults(d: Definition): FieldProblem[] {
  if (d.mode !== 'changes') {
    const message = 'Outcomes are told in the mode changes only.';
    return d.outcomes.length > 0 ? [{ path: 'outcomes', code: 'not_supported', message }] : [];
  }
  const reserved = new Set(changeAttributeNames(d.personaSetId, d.outcomes));
  return [
    ...(d.splitByPersona
      ? [
          {
            path: 'splitByPersona',
            code: 'not_supported',
            message: 'Changes tell the persona and are not split by it.',
          },
        ]
      : []),
    ...toldFaults(d.outcomes),
    ...d.attributes.flatMap((name, i) =>
      reserved.has(name)
        ? [{ path: `attributes[${i}]`, code: 'reserved', message: `Changes have an attribute "${name}" of their own.` }]
        : [],
    ),
  ];
}
