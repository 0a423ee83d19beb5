import { Table } from '@mantine/core';
import { IconActivity } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { queries } from '../../api/queries.ts';
import type { Monitor } from '../../api/types/inform.ts';
import { number } from '../../app/format.ts';
import { Page, Section } from '../../components/page.tsx';
import { RowLink } from '../../components/row-link.tsx';
import { Answer, Empty } from '../../components/states.tsx';
import { Ago } from '../../components/time.tsx';
import { MonitorForm } from './monitor-form.tsx';

/** Cohorts that are scored again and again, and what their last runs found. */
export default function MonitorsPage() {
  const monitors = useQuery(queries.monitors());
  const navigate = useNavigate();
  return (
    <Page title="Monitors" about="A cohort is scored again and again; a destination is told what changed.">
      <Section title="All monitors">
        <Answer of={monitors}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon={IconActivity} title="No monitors yet">
                Choose a cohort, personas or score bands, and a webhook, SFTP or storage connection below.
              </Empty>
            ) : (
              <MonitorsTable items={items} />
            )
          }
        </Answer>
      </Section>
      <Section title="New monitor">
        <MonitorForm onDone={({ id }) => void navigate(`/monitors/${id}`)} />
      </Section>
    </Page>
  );
}

function MonitorsTable({ items }: { items: Monitor[] }) {
  return (
    <Table.ScrollContainer minWidth={720}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Last run</Table.Th>
            <Table.Th className="number">Members</Table.Th>
            <Table.Th className="number">Entered</Table.Th>
            <Table.Th className="number">Moved</Table.Th>
            <Table.Th className="number">Left</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map(({ id, name, last }) => (
            <RowLink key={id} to={`/monitors/${id}`} label={name}>
              <Table.Td>
                <Ago at={last?.at ?? null} />
              </Table.Td>
              <Table.Td className="number">{last ? number(last.members) : '–'}</Table.Td>
              <Table.Td className="number">{last ? number(last.counts.entered) : '–'}</Table.Td>
              <Table.Td className="number">{last ? number(last.counts.moved) : '–'}</Table.Td>
              <Table.Td className="number">{last ? number(last.counts.left) : '–'}</Table.Td>
            </RowLink>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
