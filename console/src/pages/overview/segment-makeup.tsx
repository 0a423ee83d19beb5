import { Anchor, Group, Stack, Text, Tooltip } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../../api/queries.ts';
import type { PersonaSet } from '../../api/types/personas.ts';
import { number, percent } from '../../app/format.ts';
import { Section } from '../../components/page.tsx';
import { Dot } from '../../components/persona-avatar.tsx';
import { Answer, Empty } from '../../components/states.tsx';
import { AsOf } from '../../components/time.tsx';

/** The published personas of each set and how large they are. */
export function SegmentMakeup() {
  const sets = useQuery(queries.personaSets());
  return (
    <Section title="Personas">
      <Answer of={sets}>
        {({ items }) => {
          const shown = items.filter(({ personas }) => personas.length > 0).slice(0, 3);
          return shown.length === 0 ? (
            <Empty icon={IconUsers} title="No personas yet">
              Train a persona set to see who your contacts are.
            </Empty>
          ) : (
            <Stack gap="lg">
              {shown.map((set) => (
                <Makeup key={set.id} set={set} />
              ))}
            </Stack>
          );
        }}
      </Answer>
    </Section>
  );
}

function Makeup({ set }: { set: PersonaSet }) {
  return (
    <div>
      <Group justify="space-between" mb={6}>
        <Anchor component={Link} to={`/personas/${set.id}`} size="sm" fw={600}>
          {set.name}
        </Anchor>
        <AsOf at={set.asOf} />
      </Group>
      <Group gap={2} wrap="nowrap" h={14} mb="sm" style={{ overflow: 'hidden', borderRadius: 6 }} aria-hidden>
        {set.personas.map((persona) => (
          <Tooltip key={persona.key} label={`${persona.name}: ${percent(persona.share)}`} withArrow>
            <div style={{ flexGrow: persona.share, flexBasis: 0, height: '100%', background: persona.color }} />
          </Tooltip>
        ))}
      </Group>
      <Stack gap={4}>
        {set.personas.map((persona) => (
          <Group key={persona.key} justify="space-between" wrap="nowrap" gap="xs">
            <Group gap={8} wrap="nowrap" miw={0}>
              <Dot color={persona.color} />
              <Text size="sm" truncate>
                {persona.name}
              </Text>
            </Group>
            <Text size="sm" className="figure" style={{ whiteSpace: 'nowrap' }}>
              {number(persona.size)}{' '}
              <Text span size="xs" c="dimmed">
                {percent(persona.share)}
              </Text>
            </Text>
          </Group>
        ))}
      </Stack>
    </div>
  );
}
