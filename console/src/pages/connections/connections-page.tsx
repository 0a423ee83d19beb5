import { Button, Table, Text } from '@mantine/core';
import { IconPlugConnected, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../../api/queries.ts';
import { Page, Section } from '../../components/page.tsx';
import { RowLink } from '../../components/row-link.tsx';
import { Answer, Empty } from '../../components/states.tsx';
import { State } from '../../components/status.tsx';
import { Ago } from '../../components/time.tsx';
import { DaysLeft } from './days-left.tsx';

export default function ConnectionsPage() {
  const connections = useQuery(queries.connections());
  const destinations = useQuery(queries.destinations()).data?.items ?? [];
  const create = (
    <Button component={Link} to="/connections/new" leftSection={<IconPlus size={16} />}>
      New connection
    </Button>
  );
  return (
    <Page
      title="Connections"
      about="Accounts that deliveries go to. Credentials are sealed and never shown again."
      actions={create}
    >
      <Section title="All connections">
        <Answer of={connections}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon={IconPlugConnected} title="No connections yet" action={create}>
                Connect {destinations.map(({ title }) => title).join(', ') || 'a destination'}; every prerequisite is
                checked by itself.
              </Empty>
            ) : (
              <Table.ScrollContainer minWidth={620}>
                <Table>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>Name</Table.Th>
                      <Table.Th>Destination</Table.Th>
                      <Table.Th>Status</Table.Th>
                      <Table.Th>Days left</Table.Th>
                      <Table.Th>Last check</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {items.map((connection) => (
                      <RowLink key={connection.id} to={`/connections/${connection.id}`} label={connection.name}>
                        <Table.Td>
                          {destinations.find(({ type }) => type === connection.type)?.title ?? connection.type}
                        </Table.Td>
                        <Table.Td>
                          <State of={connection.status} />
                          {connection.statusError && (
                            <Text size="xs" c="red" lineClamp={2} maw={480} mt={2}>
                              {connection.statusError}
                            </Text>
                          )}
                        </Table.Td>
                        <Table.Td>{connection.ends ? <DaysLeft {...connection.ends} /> : '–'}</Table.Td>
                        <Table.Td>
                          <Ago at={connection.checkedAt} />
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
