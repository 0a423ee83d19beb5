import { Badge, Button, Group, Progress, SimpleGrid, Stack, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router';
import { queries } from '../../api/queries.ts';
import type { PersonaSet } from '../../api/types/personas.ts';
import { percent, plural, words } from '../../app/format.ts';
import { Page, Section } from '../../components/page.tsx';
import { Dot } from '../../components/persona-avatar.tsx';
import { Answer, Empty } from '../../components/states.tsx';
import { State } from '../../components/status.tsx';
import { AsOf } from '../../components/time.tsx';
import { TrainDialog } from './train-dialog.tsx';

export default function PersonaSetsPage() {
  const sets = useQuery(queries.personaSets());
  const [opened, { open, close }] = useDisclosure();
  const navigate = useNavigate();
  const create = (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      Train personas
    </Button>
  );
  return (
    <Page
      title="Personas"
      about="Groups of people who are alike, learned from their traits. Audiences are split by the published version."
      actions={create}
    >
      <TrainDialog opened={opened} onClose={close} onTrained={(id) => navigate(`/personas/${id}`)} />
      <Answer of={sets}>
        {({ items }) =>
          items.length === 0 ? (
            <Section title="Persona sets">
              <Empty icon={IconUsers} title="No personas yet" action={create}>
                Train a set on a cohort or on everyone. You review the draft before it goes live.
              </Empty>
            </Section>
          ) : (
            <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
              {items.map((set) => (
                <SetCard key={set.id} set={set} />
              ))}
            </SimpleGrid>
          )
        }
      </Answer>
    </Page>
  );
}

function SetCard({ set }: { set: PersonaSet }) {
  const training = set.status === 'starting' || set.status === 'running' || set.status === 'new';
  return (
    <UnstyledButton component={Link} to={`/personas/${set.id}`} bdrs="md" aria-label={set.name}>
      <Section
        title={set.name}
        about={<AsOf at={set.asOf} />}
        aside={
          <Group gap={6}>
            {set.publishedVersion !== null && <Badge color="teal">v{set.publishedVersion} published</Badge>}
            {set.status === 'ready' && set.newestVersion !== set.publishedVersion && (
              <Badge color="yellow">v{set.newestVersion} draft</Badge>
            )}
            {set.status !== 'ready' && <State of={set.status} />}
          </Group>
        }
      >
        {training && (
          <Stack gap={4} mb="md">
            <Progress value={set.progress.share * 100} animated aria-label="Training progress" />
            <Text size="xs" c="dimmed">
              {words(set.progress.step) || 'Waiting to start'}
            </Text>
          </Stack>
        )}
        {set.statusError && (
          <Text size="sm" c="red">
            {set.statusError.detail}
          </Text>
        )}
        <Stack gap={6}>
          {set.personas.map((persona) => (
            <Group key={persona.key} gap="sm" wrap="nowrap">
              <Dot color={persona.color} />
              <Text size="sm" truncate flex={1}>
                {persona.name}
              </Text>
              <Text size="sm" c="dimmed" className="figure">
                {percent(persona.share)}
              </Text>
            </Group>
          ))}
        </Stack>
        {set.personas.length > 0 && (
          <Text size="xs" c="dimmed" mt="sm">
            {plural(set.personas.length, 'persona')}
          </Text>
        )}
      </Section>
    </UnstyledButton>
  );
}
