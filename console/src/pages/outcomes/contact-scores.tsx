import { Anchor, Group, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../../api/queries.ts';
import type { ContactScore } from '../../api/types/outcomes.ts';
import { percent } from '../../app/format.ts';
import { Answer } from '../../components/states.tsx';
import { DirectionBadge } from './importance-view.tsx';

/** How live outcomes score a contact, and why; of one outcome when it is given. */
export function ContactScores({ contactId, outcomeId }: { contactId: string; outcomeId?: string }) {
  const scores = useQuery(queries.contactScores(contactId, outcomeId));
  return (
    <Answer of={scores}>
      {({ items }) =>
        items.length === 0 ? (
          <Text size="sm" c="dimmed">
            Not scored by any live outcome.
          </Text>
        ) : (
          <Stack gap="lg">
            {items.map((score) => (
              <Score key={score.outcomeId} of={score} />
            ))}
          </Stack>
        )
      }
    </Answer>
  );
}

function Score({ of: score }: { of: ContactScore }) {
  return (
    <div>
      <Group gap="sm" align="baseline">
        <Anchor component={Link} to={`/outcomes/${score.outcomeId}`} fw={600} size="sm">
          {score.outcomeName}
        </Anchor>
        <Text className="figure" fw={650} fz="lg">
          {percent(score.probability)}
        </Text>
        <Text size="sm" c="dimmed">
          scored above {score.percentile.toFixed(0)} % of all, by version {score.version}
        </Text>
      </Group>
      {score.reasons.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing sets this contact apart from the average one.
        </Text>
      ) : (
        <Table verticalSpacing={4} maw={720}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Because</Table.Th>
              <Table.Th>Value</Table.Th>
              <Table.Th>Which</Table.Th>
              <Table.Th className="number">Odds</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {score.reasons.map(({ trait, value, direction, odds }) => (
              <Table.Tr key={trait}>
                <Table.Td>{trait}</Table.Td>
                <Table.Td>{value}</Table.Td>
                <Table.Td>
                  <DirectionBadge of={direction} />
                </Table.Td>
                <Table.Td className="number">× {odds.toFixed(2)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </div>
  );
}
