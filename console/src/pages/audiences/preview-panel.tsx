import { Box, Divider, Group, Loader, Stack, Text } from '@mantine/core';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { fieldsOf } from '../../api/problem.ts';
import { queries } from '../../api/queries.ts';
import type { AudiencePreview } from '../../api/types/groups.ts';
import { number } from '../../app/format.ts';
import { Bar } from '../../components/bars.tsx';
import { Section } from '../../components/page.tsx';
import { SampleTable } from '../../components/sample-table.tsx';
import { Answer } from '../../components/states.tsx';
import { AsOf } from '../../components/time.tsx';

const CHANNELS: Record<string, string> = {
  email: 'E-mail',
  phone: 'Phone',
  address: 'Name and postal code',
  facebook: 'Facebook',
  google: 'Google',
};

interface PreviewPanelProps {
  preview: UseQueryResult<AudiencePreview>;
  personaSetId: string | null;
}

/** What the audience would be now: its size, who drops out at which rule, who they are, how they can be reached. */
export function PreviewPanel({ preview, personaSetId }: PreviewPanelProps) {
  const fields = fieldsOf(preview.error);
  return (
    <Box
      pos={{ base: 'static', lg: 'sticky' }}
      top={16}
      mah={{ base: undefined, lg: 'calc(100vh - 32px)' }}
      style={{ overflowY: 'auto' }}
    >
      <Section
        title="Preview"
        aside={
          preview.isFetching ? <Loader size={16} aria-label="Counting" /> : <AsOf at={preview.data?.asOf ?? null} />
        }
      >
        {fields.length > 0 ? (
          <Text size="sm" c="dimmed">
            Complete the definition to see who is in it.
          </Text>
        ) : (
          <Answer of={preview} rows={6}>
            {(data) => (
              <Stack opacity={preview.isPlaceholderData ? 0.5 : 1} aria-live="polite" gap="lg">
                <Size preview={data} />
                <Funnel preview={data} />
                {data.personas.length > 0 && <Makeup preview={data} personaSetId={personaSetId} />}
                <Reachable preview={data} />
                {data.sample.length > 0 && (
                  <div>
                    <Divider label="Sample, masked" labelPosition="left" mb="xs" />
                    <SampleTable contacts={data.sample.slice(0, 5)} />
                  </div>
                )}
              </Stack>
            )}
          </Answer>
        )}
      </Section>
    </Box>
  );
}

function Size({ preview }: { preview: AudiencePreview }) {
  return (
    <Group align="baseline" gap="xs">
      <Text fz={34} fw={650} lh={1} className="figure" data-testid="audience-size">
        {number(preview.size)}
      </Text>
      <Text size="sm" c="dimmed">
        contacts
      </Text>
    </Group>
  );
}

function Funnel({ preview: { dropOff } }: { preview: AudiencePreview }) {
  const all = dropOff[0]?.remaining ?? 0;
  return (
    <Stack gap="xs">
      <Divider label="Drop-off by rule" labelPosition="left" />
      {dropOff.map(({ path, label, remaining, dropped }) => (
        <Bar
          key={path}
          label={sentence(label)}
          value={remaining}
          of={all}
          note={path === '' ? undefined : dropped > 0 ? `−${number(dropped)}` : '±0'}
        />
      ))}
    </Stack>
  );
}

const sentence = (label: string) => label.charAt(0).toUpperCase() + label.slice(1);

function Makeup({ preview, personaSetId }: PreviewMakeup) {
  const set = useQuery({ ...queries.personaSet(personaSetId ?? ''), enabled: personaSetId !== null }).data;
  return (
    <Stack gap="xs">
      <Divider label="Personas" labelPosition="left" />
      {preview.personas.map(({ key, name, count }) => (
        <Bar
          key={key}
          label={name}
          value={count}
          of={preview.size}
          color={set?.personas.find((persona) => persona.key === key)?.color}
        />
      ))}
      {preview.withoutPersona > 0 && (
        <Bar label="Without a persona" value={preview.withoutPersona} of={preview.size} color="gray" />
      )}
    </Stack>
  );
}

interface PreviewMakeup {
  preview: AudiencePreview;
  personaSetId: string | null;
}

function Reachable({ preview }: { preview: AudiencePreview }) {
  return (
    <Stack gap="xs">
      <Divider label="Can be reached by" labelPosition="left" />
      {Object.entries(preview.contactable).map(([channel, count]) => (
        <Bar key={channel} label={CHANNELS[channel] ?? channel} value={count} of={preview.size} color="teal" />
      ))}
    </Stack>
  );
}
