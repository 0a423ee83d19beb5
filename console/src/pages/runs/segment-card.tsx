import { Anchor, Box, Code, Grid, Group, Progress, Stack, Text, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconExternalLink } from '@tabler/icons-react';
import type { RunSegment, Upload } from '../../api/types/deliveries.ts';
import { number } from '../../app/format.ts';
import { Stacked } from '../../components/bars.tsx';
import { Dot } from '../../components/persona-avatar.tsx';
import { SegmentCreatives } from '../../components/segment-creatives.tsx';
import { PLANNED, State } from '../../components/status.tsx';
import { verdictParts } from './run-summary.tsx';

/** One persona's piece of the run: planned, sent, what became of everyone, and what the platform said. */
export function SegmentCard({ segment }: { segment: RunSegment }) {
  const { persona, color, remote, name, planned, counts, uploads } = segment;
  return (
    <Box
      component="article"
      aria-label={persona}
      bg="var(--reach-surface)"
      bdrs="md"
      bd="1px solid var(--reach-line)"
      style={{ borderLeft: `4px solid ${color}` }}
      px="lg"
      py="md"
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack gap={4}>
            <Group gap={8} wrap="nowrap">
              <Dot color={color} />
              <Text fw={650} component="h2" size="md" m={0}>
                {persona}
              </Text>
            </Group>
            <Text size="sm">
              {remote?.url ? (
                <Anchor href={remote.url} target="_blank" rel="noreferrer" size="sm">
                  {remote.name} <IconExternalLink size={13} style={{ verticalAlign: '-2px' }} />
                </Anchor>
              ) : (
                (remote?.name ?? name)
              )}
            </Text>
            {remote && (
              <Text size="xs" c="dimmed">
                Remote id <Code style={{ overflowWrap: 'anywhere' }}>{remote.id}</Code>
              </Text>
            )}
            <Tooltip label={segment.description} multiline w={420} withArrow>
              <Text size="xs" c="dimmed" lineClamp={2}>
                {segment.description}
              </Text>
            </Tooltip>
            {segment.creatives.length > 0 && <SegmentCreatives items={segment.creatives} />}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack gap="sm">
            <Group gap="lg" style={{ rowGap: 4 }}>
              {PLANNED.map(({ key, label, color: planColor }) => (
                <Text key={key} size="sm" className="figure" c={planned[key] > 0 ? undefined : 'dimmed'}>
                  <Text span fw={650} c={planned[key] > 0 ? planColor : 'dimmed'}>
                    {number(planned[key])}
                  </Text>{' '}
                  {label.toLowerCase()}
                </Text>
              ))}
            </Group>
            <Stacked parts={verdictParts((verdict) => counts[verdict])} />
            {uploads.map((upload) => (
              <UploadLine key={upload.id} upload={upload} />
            ))}
          </Stack>
        </Grid.Col>
      </Grid>
    </Box>
  );
}

const people = ({ from, to }: { from: number; to: number }) =>
  from === to ? `${number(from)} people` : `${number(from)} to ${number(to)} people`;

function UploadLine({ upload }: { upload: Upload }) {
  const { direction, replaces, estimated, sent, status, confirmation, error, warnings } = upload;
  const share = estimated > 0 ? Math.min(1, sent / estimated) : 1;
  const over = status !== 'pending' && status !== 'sending';
  return (
    <Box>
      <Group gap="sm" wrap="nowrap">
        <Text size="xs" w={64} c="dimmed">
          {replaces ? 'Replacing' : direction === 'add' ? 'Adding' : 'Removing'}
        </Text>
        <Progress
          flex={1}
          size={6}
          value={over ? 100 : share * 100}
          animated={status === 'sending'}
          color={direction === 'add' ? 'ink' : 'red'}
          aria-label={`${direction === 'add' ? 'Added' : 'Removed'} ${number(sent)} of ${number(estimated)}`}
        />
        <Text size="xs" className="figure" style={{ whiteSpace: 'nowrap' }}>
          {number(sent)} of {number(estimated)}
        </Text>
        <State of={status} size="sm" />
      </Group>
      {confirmation && (
        <Text size="xs" c="dimmed" mt={4}>
          {confirmation.detail}
          {confirmation.matchRate ? ` Match rate ${confirmation.matchRate}.` : ''}
          {confirmation.audienceSize ? ` The audience has ${people(confirmation.audienceSize)} by now.` : ''}
        </Text>
      )}
      {error && (
        <Text size="xs" c="red" mt={4}>
          {error.text}{' '}
          {error.url && (
            <Anchor href={error.url} target="_blank" rel="noreferrer" size="xs">
              Put it right
            </Anchor>
          )}
        </Text>
      )}
      {[...warnings, ...(confirmation?.warnings ?? [])].map((warning) => (
        <Text key={warning} size="xs" c="orange" mt={4}>
          <IconAlertTriangle size={12} style={{ verticalAlign: '-1px' }} /> {warning}
        </Text>
      ))}
    </Box>
  );
}
