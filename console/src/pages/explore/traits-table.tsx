import { Badge, Box, Group, Table, Text, Tooltip, UnstyledButton } from '@mantine/core';
import type { Strength, TraitComparison } from '../../api/types/insights.ts';
import { words } from '../../app/format.ts';
import { inGroup, tested } from './words.ts';

const STRENGTHS: Record<Strength, string> = { negligible: 'gray', small: 'yellow', medium: 'orange', large: 'red' };
/** An effect as large as this fills the bar; few are larger. */
const FULL = 1.6;

/** All traits, the largest difference first. */
export function TraitsTable({
  rows,
  chosen,
  onChoose,
}: {
  rows: TraitComparison[];
  chosen: string | undefined;
  onChoose: (trait: string) => void;
}) {
  return (
    <Table.ScrollContainer minWidth={560} mah={640}>
      <Table aria-label="Traits by difference" stickyHeader verticalSpacing={8} horizontalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Trait</Table.Th>
            <Table.Th className="number">First</Table.Th>
            <Table.Th className="number">Second</Table.Th>
            <Table.Th>Difference</Table.Th>
            <Table.Th>Significant</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr
              key={row.trait}
              className="row-link"
              bg={row.trait === chosen ? 'var(--reach-inset)' : undefined}
              onClick={() => onChoose(row.trait)}
            >
              <Table.Td>
                <UnstyledButton aria-pressed={row.trait === chosen} onClick={() => onChoose(row.trait)}>
                  <Text size="sm" fw={600}>
                    {words(row.trait)}
                  </Text>
                  {row.type === 'category' && row.value !== null && (
                    <Text size="xs" c="dimmed">
                      {row.value}
                    </Text>
                  )}
                </UnstyledButton>
              </Table.Td>
              <Table.Td className="number" style={{ whiteSpace: 'nowrap' }}>
                {inGroup(row, 'A')}
              </Table.Td>
              <Table.Td className="number" style={{ whiteSpace: 'nowrap' }}>
                {inGroup(row, 'B')}
              </Table.Td>
              <Table.Td>
                <Effect row={row} />
              </Table.Td>
              <Table.Td>
                <Significance row={row} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** A bar from the middle: to the right when the first group has more. */
function Effect({ row: { effect, strength } }: { row: TraitComparison }) {
  if (effect === null || strength === null) return <Text c="dimmed">–</Text>;
  const width = Math.min(1, Math.abs(effect) / FULL) * 50;
  return (
    <Group gap="xs" wrap="nowrap">
      <Box pos="relative" w={64} h={8} bg="var(--reach-line)" bdrs={4} aria-hidden>
        <Box
          pos="absolute"
          h="100%"
          w={`${width}%`}
          left={effect >= 0 ? '50%' : `${50 - width}%`}
          bg={effect >= 0 ? 'ink.5' : 'orange.5'}
          bdrs={4}
        />
      </Box>
      <Text size="xs" w={42} ta="right" className="figure">
        {effect > 0 && '+'}
        {effect.toFixed(2)}
      </Text>
      <Badge size="sm" w={78} color={STRENGTHS[strength]}>
        {strength}
      </Badge>
    </Group>
  );
}

function Significance({ row }: { row: TraitComparison }) {
  const [label, color] =
    row.test === null ? ['not tested', 'gray'] : row.significant ? ['yes', 'teal'] : ['no', 'gray'];
  return (
    <Tooltip label={tested(row)} withArrow multiline maw={320}>
      <Badge color={color} tabIndex={0} aria-label={`${label}: ${tested(row)}`}>
        {label}
      </Badge>
    </Tooltip>
  );
}
