import { Button, Group, Table, Text } from '@mantine/core';
import { IconPlus, IconTargetArrow } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../../api/queries.ts';
import type { Audience } from '../../api/types/groups.ts';
import { number } from '../../app/format.ts';
import { Page, Section } from '../../components/page.tsx';
import { RowLink } from '../../components/row-link.tsx';
import { SizeCell } from '../../components/size-cell.tsx';
import { Answer, Empty } from '../../components/states.tsx';

export default function AudiencesPage() {
  const audiences = useQuery(queries.audiences());
  const create = (
    <Button component={Link} to="/audiences/new" leftSection={<IconPlus size={16} />}>
      New audience
    </Button>
  );
  return (
    <Page title="Audiences" about="Whom to reach: cohorts in and out, conditions, personas, a limit." actions={create}>
      <Section title="All audiences">
        <Answer of={audiences}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon={IconTargetArrow} title="No audiences yet" action={create}>
                An audience says whom a delivery reaches. You see its size and every drop-off before anything is sent.
              </Empty>
            ) : (
              <AudiencesTable items={items} />
            )
          }
        </Answer>
      </Section>
    </Page>
  );
}

function AudiencesTable({ items }: { items: Audience[] }) {
  const sets = useQuery(queries.personaSets()).data?.items ?? [];
  const cohorts = useQuery(queries.cohorts()).data?.items ?? [];
  const named = (ids: string[]) => ids.map((id) => cohorts.find((cohort) => cohort.id === id)?.name ?? id).join(', ');
  return (
    <Table.ScrollContainer minWidth={680}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Who is in it</Table.Th>
            <Table.Th>Split by</Table.Th>
            <Table.Th className="number">Contacts</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((audience) => (
            <RowLink key={audience.id} to={`/audiences/${audience.id}`} label={audience.name}>
              <Table.Td maw={460}>
                <Text size="sm" c="dimmed" lineClamp={2}>
                  {[
                    named(audience.include?.cohorts ?? []) || 'All contacts',
                    audience.include?.condition && 'with a condition',
                    audience.exclude?.cohorts?.length ? `without ${named(audience.exclude.cohorts)}` : null,
                    audience.exclude?.condition && 'less a condition',
                    audience.limit && `at most ${number(audience.limit.count)}`,
                  ]
                    .filter(Boolean)
                    .join(', ')}
                </Text>
              </Table.Td>
              <Table.Td>
                <Group gap={6}>{sets.find(({ id }) => id === audience.personaSetId)?.name ?? '–'}</Group>
              </Table.Td>
              <Table.Td className="number">
                <SizeCell of={audience} />
              </Table.Td>
            </RowLink>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
