import { Button, Table, Text } from '@mantine/core';
import { IconPlus, IconUsersGroup } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../../api/queries.ts';
import { Page, Section } from '../../components/page.tsx';
import { RowLink } from '../../components/row-link.tsx';
import { SizeCell } from '../../components/size-cell.tsx';
import { Answer, Empty } from '../../components/states.tsx';
import { Ago } from '../../components/time.tsx';

export default function CohortsPage() {
  const cohorts = useQuery(queries.cohorts());
  const create = (
    <Button component={Link} to="/cohorts/new" leftSection={<IconPlus size={16} />}>
      New cohort
    </Button>
  );
  return (
    <Page
      title="Cohorts"
      about="Groups of contacts by rule: customers, leads, lapsed, and what else you need."
      actions={create}
    >
      <Section title="All cohorts">
        <Answer of={cohorts}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon={IconUsersGroup} title="No cohorts yet" action={create}>
                A cohort is a rule, such as "ordered in the last 90 days". It is counted again after every import.
              </Empty>
            ) : (
              <Table.ScrollContainer minWidth={640}>
                <Table>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>Name</Table.Th>
                      <Table.Th>Who belongs to it</Table.Th>
                      <Table.Th className="number">Contacts</Table.Th>
                      <Table.Th>Created</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {items.map((cohort) => (
                      <RowLink key={cohort.id} to={`/cohorts/${cohort.id}`} label={cohort.name}>
                        <Table.Td maw={520}>
                          <Text size="sm" c="dimmed" lineClamp={2}>
                            {cohort.summary}
                          </Text>
                        </Table.Td>
                        <Table.Td className="number">
                          <SizeCell of={cohort} />
                        </Table.Td>
                        <Table.Td>
                          <Ago at={cohort.createdAt} />
                        </Table.Td>
                      </RowLink>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
            )
          }
        </Answer>
      </Section>
    </Page>
  );
}
