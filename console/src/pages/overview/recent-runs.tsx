import { Table } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries.ts';
import { Section } from '../../components/page.tsx';
import { RunsTable } from '../../components/runs-table.tsx';
import { Answer, Empty } from '../../components/states.tsx';

export function RecentRuns() {
  const runs = useQuery(queries.runs());
  return (
    <Section title="Last runs">
      <Answer of={runs}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={IconSend} title="Nothing was delivered yet">
              Runs appear here with their verdict.
            </Empty>
          ) : (
            <Table.ScrollContainer minWidth={620}>
              <RunsTable runs={items.slice(0, 10)} named />
            </Table.ScrollContainer>
          )
        }
      </Answer>
    </Section>
  );
}
