import { Box, Group, type MantineColor, Progress, Stack, Text, Tooltip } from '@mantine/core';
import { number, percent } from '../app/format.ts';

/** One labelled bar of a list: a figure and its share of the whole. */
export function Bar({
  label,
  value,
  of: total,
  color,
  note,
}: {
  label: string;
  value: number;
  of: number;
  color?: MantineColor;
  note?: string;
}) {
  const share = total > 0 ? value / total : 0;
  return (
    <Box>
      <Group justify="space-between" gap="xs" wrap="nowrap" align="baseline">
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {label}
        </Text>
        <Text size="sm" className="figure" style={{ whiteSpace: 'nowrap' }}>
          {number(value)}{' '}
          <Text span size="xs" c="dimmed">
            {note ?? percent(share)}
          </Text>
        </Text>
      </Group>
      <Progress value={share * 100} color={color} size={6} mt={4} aria-label={`${label}: ${number(value)}`} />
    </Box>
  );
}

/** A persona's share on something against everyone's: the bar, and a mark where everyone is. */
export function AgainstEveryone({
  label,
  share,
  everyone,
  color,
  strong,
}: {
  label: string;
  share: number;
  everyone: number;
  color: string;
  strong: boolean;
}) {
  const lift = everyone > 0 ? share / everyone : 1;
  return (
    <Tooltip label={`${percent(share)} here, ${percent(everyone)} of everyone`} withArrow openDelay={300}>
      <Group gap="sm" wrap="nowrap">
        <Text size="xs" w={132} fw={strong ? 600 : 400} style={{ flexShrink: 0, overflowWrap: 'anywhere' }}>
          {label}
        </Text>
        <Box flex={1} h={12} bg="var(--reach-line)" pos="relative" bdrs={3}>
          <Box h="100%" w={`${share * 100}%`} bg={color} opacity={strong ? 1 : 0.5} bdrs={3} />
          <Box
            pos="absolute"
            top={-3}
            bottom={-3}
            left={`calc(${everyone * 100}% - 1px)`}
            w={2}
            bg="var(--mantine-color-text)"
          />
        </Box>
        <Text size="xs" w={92} ta="right" className="figure" style={{ flexShrink: 0, whiteSpace: 'nowrap' }}>
          {percent(share)}{' '}
          <Text span size="xs" c={strong ? undefined : 'dimmed'} fw={strong ? 600 : 400}>
            ×{lift.toFixed(1)}
          </Text>
        </Text>
      </Group>
    </Tooltip>
  );
}

/** Stacked shares with a legend of figures. */
export function Stacked({ parts }: { parts: { label: string; value: number; color: MantineColor; about?: string }[] }) {
  const total = parts.reduce((sum, part) => sum + part.value, 0);
  const shown = parts.filter((part) => part.value > 0);
  return (
    <Stack gap={6}>
      <Progress.Root size={10} aria-label={shown.map((part) => `${part.label} ${number(part.value)}`).join(', ')}>
        {shown.map(({ label, value, color }) => (
          <Progress.Section key={label} value={(value / total) * 100} color={color} aria-label={label} />
        ))}
      </Progress.Root>
      <Group gap="md" style={{ rowGap: 2 }}>
        {parts.map(({ label, value, color, about }) => (
          <Tooltip key={label} label={about} disabled={!about} withArrow>
            <Group gap={6} opacity={value > 0 ? 1 : 0.45} wrap="nowrap">
              <Box w={8} h={8} bdrs={8} bg={`var(--mantine-color-${color}-filled)`} />
              <Text size="xs">{label}</Text>
              <Text size="xs" fw={600} className="figure">
                {number(value)}
              </Text>
            </Group>
          </Tooltip>
        ))}
      </Group>
    </Stack>
  );
}
