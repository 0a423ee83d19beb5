import { Alert, Grid, Group, Paper, Select, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries.ts';
import type { Connection, Destination } from '../../api/types/connections.ts';
import type { Audience } from '../../api/types/groups.ts';
import { percent } from '../../app/format.ts';
import { Section } from '../../components/page.tsx';
import { Dot } from '../../components/persona-avatar.tsx';
import { CreativeOptions } from './creative-options.tsx';
import { renderName, type StepProps, wholeAudience } from './draft.ts';

interface PersonaStepProps extends StepProps {
  audience: Audience | undefined;
  destination: Destination | undefined;
  connection: Connection | undefined;
}

/** Whether to split, and what the remote audiences will be called. */
export function PersonaStep({ draft, change, problemOf, audience, destination, connection }: PersonaStepProps) {
  const sets = (useQuery(queries.personaSets()).data?.items ?? []).filter((set) => set.publishedVersion !== null);
  const setId = draft.personaSetId ?? audience?.personaSetId ?? null;
  const set = sets.find(({ id }) => id === setId);
  const name = audience?.name ?? '';
  const wanted = set?.personas.filter(({ key }) => !audience?.personas || audience.personas.includes(key)) ?? [];
  const segments = draft.splitByPersona ? wanted : [{ ...wholeAudience(name), share: 1 }];
  const split = (splitByPersona: boolean) =>
    change({ splitByPersona, nameTemplate: splitByPersona ? '{{audience}} – {{persona}}' : '{{audience}}' });

  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 7 }}>
        <Section title="Split and names">
          <Stack>
            <TextInput
              label="Name of the delivery"
              required
              placeholder={audience && destination ? `${name} on ${destination.title}` : undefined}
              value={draft.name}
              onChange={({ currentTarget }) => change({ name: currentTarget.value })}
              error={problemOf('name')}
            />
            <Switch
              size="md"
              label="Split delivery by persona for personalized outreach"
              description="One remote audience for each persona, kept for life, with the persona's attributes attached."
              checked={draft.splitByPersona}
              onChange={({ currentTarget }) => split(currentTarget.checked)}
            />
            {draft.splitByPersona && (
              <Select
                label="Persona set"
                placeholder={sets.length === 0 ? 'No published set yet' : 'Choose a set'}
                value={setId}
                allowDeselect={false}
                onChange={(personaSetId) => change({ personaSetId })}
                data={sets.map((each) => ({ value: each.id, label: each.name }))}
                error={problemOf('personaSetId')}
              />
            )}
            <TextInput
              label="Remote name"
              description="{{audience}}, {{persona}}, {{key}}, {{delivery}}"
              value={draft.nameTemplate}
              onChange={({ currentTarget }) => change({ nameTemplate: currentTarget.value })}
              error={problemOf('nameTemplate')}
            />
            <Textarea
              label="Remote description"
              description="As the name, and {{summary}}, {{share}}, {{traits}}, {{tone}}, {{offer}}, {{creatives}}"
              autosize
              value={draft.descriptionTemplate}
              onChange={({ currentTarget }) => change({ descriptionTemplate: currentTarget.value })}
              error={problemOf('descriptionTemplate')}
            />
            <CreativeOptions
              value={draft.creatives}
              change={(part) => change({ creatives: { ...draft.creatives, ...part } })}
              problemOf={problemOf}
            />
          </Stack>
        </Section>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Section title="At the destination" about={connection && `As they will be called at ${connection.name}`}>
          <Stack gap="xs" aria-live="polite">
            {segments.map((segment) => (
              <Paper key={segment.key} withBorder p="sm">
                <Group gap="sm" wrap="nowrap">
                  <Dot color={segment.color} size={12} />
                  <Text size="sm" fw={600} flex={1} style={{ overflowWrap: 'anywhere' }}>
                    {renderName(draft.nameTemplate, {
                      audience: name,
                      persona: segment.name,
                      key: segment.key,
                      delivery: draft.name,
                    })}
                  </Text>
                  {draft.splitByPersona && (
                    <Text size="xs" c="dimmed">
                      {percent(segment.share)}
                    </Text>
                  )}
                </Group>
              </Paper>
            ))}
            {segments.length === 0 && (
              <Text size="sm" c="dimmed">
                Choose a persona set to see the names.
              </Text>
            )}
            {draft.splitByPersona && segments.length > 0 && (
              <Alert color="yellow" variant="light" p="sm">
                <Text size="xs">
                  People at the platform see these names. Keep out what hints at health, finances, religion or other
                  sensitive matters: platforms block such audiences.
                </Text>
              </Alert>
            )}
          </Stack>
        </Section>
      </Grid.Col>
    </Grid>
  );
}
