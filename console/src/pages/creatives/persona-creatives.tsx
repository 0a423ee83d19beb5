import { ActionIcon, Anchor, Badge, Box, Group, Select, Stack, Text } from '@mantine/core';
import { IconPin, IconPinnedOff } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Coverage } from '../../api/types/creatives.ts';
import type { Pins } from './use-pins.ts';

type CoveredPersona = Coverage['personas'][number];

/** The creatives that match a persona, best first, or why there is none. */
export function Matches({ of: { creatives, nearest } }: { of: CoveredPersona }) {
  if (creatives.length === 0) return <NoMatch nearest={nearest} />;
  return (
    <Stack gap={6}>
      {creatives.map(({ id, reasons, ...creative }) => (
        <Line key={id} of={{ id, ...creative }} reason={reasons.join(' ')} />
      ))}
    </Stack>
  );
}

/** What a delivery carries for a persona: what it pins, else the best matches. Any creative can be pinned. */
export function Carried({ of: persona, pins }: { of: CoveredPersona; pins: Pins }) {
  const { key, name, creatives, nearest } = persona;
  const pinned = pins.of(key);
  const matches = creatives.filter(({ id }) => !pinned.some((other) => other.id === id));
  const whyNot = (rank: number) => {
    if (pinned.length > 0) return 'Not carried: others are pinned.';
    return rank >= pins.perSegment ? `Not carried: it is not among the best ${pins.perSegment}.` : undefined;
  };
  return (
    <Stack gap={6}>
      {pinned.map((creative) => (
        <Line
          key={creative.id}
          of={creative}
          reason={
            creative.state === 'active'
              ? `Pinned by ${pins.delivery}, whatever its rules and channels.`
              : `Pinned by ${pins.delivery}, but left out: it is not in its period.`
          }
          badge={<Badge leftSection={<IconPin size={11} />}>Pinned</Badge>}
          aside={
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Unpin ${creative.name} from ${name}`}
              disabled={pins.busy}
              onClick={() => pins.unpin(key, creative.id)}
            >
              <IconPinnedOff size={16} />
            </ActionIcon>
          }
        />
      ))}
      {matches.map(({ reasons, ...creative }, rank) => {
        const left = whyNot(rank);
        return (
          <Box key={creative.id} opacity={left ? 0.6 : 1}>
            <Line of={creative} reason={[left, ...reasons].filter(Boolean).join(' ')} />
          </Box>
        );
      })}
      {pinned.length === 0 && matches.length === 0 && <NoMatch nearest={nearest} />}
      <PinSelect
        // what was picked is forgotten once it is pinned
        key={pinned.map(({ id }) => id).join(' ')}
        persona={persona}
        pinned={pinned.map(({ id }) => id)}
        pins={pins}
      />
    </Stack>
  );
}

function PinSelect({ persona, pinned, pins }: { persona: CoveredPersona; pinned: string[]; pins: Pins }) {
  const { key, name, creatives } = persona;
  const matching = new Set(creatives.map(({ id }) => id));
  const free = pins.all.filter(({ id }) => !pinned.includes(id));
  const group = (label: string, matches: boolean) => ({
    group: label,
    items: free
      .filter(({ id }) => matching.has(id) === matches)
      .map(({ id, name: creative }) => ({ value: id, label: creative })),
  });
  return (
    <Select
      size="xs"
      maw={280}
      aria-label={`Pin a creative to ${name}`}
      placeholder={pinned.length > 0 ? 'Pin another…' : 'Pin a creative…'}
      searchable
      leftSection={<IconPin size={14} />}
      disabled={pins.busy}
      nothingFoundMessage="No other creative"
      value={null}
      onChange={(id) => id && pins.pin(key, id)}
      data={[group('Match', true), group('Do not match', false)].filter(({ items }) => items.length > 0)}
      error={pins.problemOf(key)}
    />
  );
}

interface LineProps {
  of: { id: string; name: string; headline: string };
  reason: string;
  badge?: ReactNode;
  aside?: ReactNode;
}

function Line({ of: { id, name, headline }, reason, badge, aside }: LineProps) {
  return (
    <Group justify="space-between" align="flex-start" wrap="nowrap" gap="xs">
      <div>
        <Anchor component={Link} to={`/creatives/${id}`} size="sm">
          {name}
        </Anchor>{' '}
        <Text span size="sm">
          {headline}
        </Text>{' '}
        {badge}
        <Text size="xs" c="dimmed">
          {reason}
        </Text>
      </div>
      {aside}
    </Group>
  );
}

function NoMatch({ nearest }: { nearest: CoveredPersona['nearest'] }) {
  return (
    <div>
      <Badge color="orange">No creative</Badge>
      {nearest && (
        <Text size="xs" c="dimmed" mt={4}>
          {nearest.creativeName} comes nearest: {nearest.reasons.join(' ')}
        </Text>
      )}
    </div>
  );
}
