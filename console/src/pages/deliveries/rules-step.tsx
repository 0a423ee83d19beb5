import { Stack } from '@mantine/core';
import { Section } from '../../components/page.tsx';
import type { StepProps } from './draft.ts';
import { GuardFields, ScheduleFields } from './rule-fields.tsx';

/** When it runs by itself, and what holds it. */
export function RulesStep({ draft, change, problemOf }: StepProps) {
  return (
    <Stack gap="lg">
      <Section title="Guards" about="What holds a run until a person has looked at it.">
        <GuardFields
          value={draft.guards}
          change={(part) => change({ guards: { ...draft.guards, ...part } })}
          problemOf={problemOf}
        />
      </Section>
      <Section title="Schedule" about="When it runs by itself.">
        <ScheduleFields
          value={draft.schedule}
          change={(part) => change({ schedule: { ...draft.schedule, ...part } })}
          problemOf={problemOf}
        />
      </Section>
    </Stack>
  );
}
