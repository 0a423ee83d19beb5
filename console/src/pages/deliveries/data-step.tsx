import { Chip, Group, Input, MultiSelect, NativeSelect, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries.ts';
import type { Destination } from '../../api/types/connections.ts';
import { words } from '../../app/format.ts';
import { below } from '../../components/declared.ts';
import { DeclaredFields } from '../../components/declared-fields.tsx';
import { Section } from '../../components/page.tsx';
import { traitOptions } from '../../components/trait-options.ts';
import { recommended, type StepProps } from './draft.ts';

/** What is sent of each member, and how the destination is to treat it. */
export function DataStep({
  draft,
  change,
  problemOf,
  problems,
  destination,
}: StepProps & { destination: Destination }) {
  const traits = useQuery(queries.traits()).data?.items ?? [];
  const { capabilities } = destination;
  const modes = capabilities.modes.filter((mode) => mode === 'mirror' || mode === 'add-only');
  return (
    <Stack gap="lg">
      <Section title="What travels">
        <Stack>
          <Input.Wrapper
            label="Match keys"
            description={`What ${destination.title} finds people by. More keys find more people.`}
            error={problemOf('matchKeys')}
            labelElement="div"
          >
            <Chip.Group
              multiple
              value={recommended(draft, destination)}
              onChange={(matchKeys) =>
                change({ matchKeys: capabilities.matchKeys.filter((key) => matchKeys.includes(key)) })
              }
            >
              <Group gap="xs" my="xs">
                {capabilities.matchKeys.map((key) => (
                  <Chip key={key} value={key} size="xs" variant="light">
                    {key}
                  </Chip>
                ))}
              </Group>
            </Chip.Group>
          </Input.Wrapper>
          <MultiSelect
            label="Attributes"
            description={
              capabilities.carriesAttributes === 'columns'
                ? "Traits that travel with each member, beside the persona's."
                : `${destination.title} has no columns for attributes: the persona's travel on the description.`
            }
            disabled={capabilities.carriesAttributes !== 'columns'}
            searchable
            clearable
            value={draft.attributes}
            onChange={(attributes) => change({ attributes })}
            data={traitOptions(traits)}
            error={problemOf('attributes')}
          />
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <NativeSelect
              label="Mode"
              description={draft.mode === 'mirror' ? 'Leavers are removed.' : 'Nobody is removed, save who withdrew.'}
              value={draft.mode}
              onChange={({ currentTarget }) => change({ mode: currentTarget.value })}
              data={modes.map((mode) => ({ value: mode, label: words(mode) }))}
              error={problemOf('mode')}
            />
            <NativeSelect
              label="Identifiers"
              description="How members are represented."
              value={draft.representation ?? capabilities.representations[0]}
              onChange={({ currentTarget }) => change({ representation: currentTarget.value })}
              data={capabilities.representations.map((each) => ({ value: each, label: words(each) }))}
              error={problemOf('representation')}
            />
            <TextInput
              label="Country of contacts that name none"
              description="Two letters, for phone numbers."
              placeholder="US"
              maxLength={2}
              value={draft.defaultCountry}
              onChange={({ currentTarget }) => change({ defaultCountry: currentTarget.value.toUpperCase() })}
              error={problemOf('defaultCountry')}
            />
          </SimpleGrid>
        </Stack>
      </Section>
      {destination.options.length > 0 && (
        <Section title={`Options of ${destination.title}`} about="Left alone, the destination's defaults hold.">
          <DeclaredFields
            key={destination.type}
            fields={destination.options.map((field) => ({ ...field, required: false }))}
            values={draft.options}
            onChange={(options) => change({ options })}
            problems={below(problems, 'options')}
          />
        </Section>
      )}
    </Stack>
  );
}
