import { Badge, Button, Group, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconTrendingUp } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { queries } from '../../api/queries.ts';
import { isBusy } from '../../api/types/common.ts';
import type { Outcome } from '../../api/types/outcomes.ts';
import { percent } from '../../app/format.ts';
import { Page, Section } from '../../components/page.tsx';
import { RowLink } from '../../components/row-link.tsx';
import { Answer, Empty } from '../../components/states.tsx';
import { State } from '../../components/status.tsx';
import { AsOf } from '../../components/time.tsx';
import { GRADES } from './grades.ts';
import { OutcomeDialog } from './outcome-dialog.tsx';
import { TrainingProgress } from './training-progress.tsx';

export default function OutcomesPage() {
  const outcomes = useQuery(queries.outcomes());
  const [opened, { open, close }] = useDisclosure();
  const navigate = useNavigate();
  const create = (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      New outcome
    </Button>
  );
  return (
    <Page
      title="Outcomes"
      about="What contacts may do next, learnt from those who did: each gets a probability, and the reasons for it."
      actions={create}
    >
      <OutcomeDialog opened={opened} onClose={close} onTrained={(id) => navigate(`/outcomes/${id}`)} />
      <Section title="All outcomes">
        <Answer of={outcomes}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon={IconTrendingUp} title="No outcomes yet" action={create}>
                Name who attained it, such as a cohort of churned customers, or an event such as an order in May. At
                least 100 contacts on either side are needed.
              </Empty>
            ) : (
              <OutcomesTable items={items} />
            )
          }
        </Answer>
      </Section>
    </Page>
  );
}

function OutcomesTable({ items }: { items: Outcome[] }) {
  return (
    <Table.ScrollContainer minWidth={720}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Status</Table.Th>
            <Table.Th>Grade</Table.Th>
            <Table.Th className="number">AUC</Table.Th>
            <Table.Th className="number">Attain it</Table.Th>
            <Table.Th>Figures</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((outcome) => (
            <RowLink key={outcome.id} to={`/outcomes/${outcome.id}`} label={outcome.name}>
              <Table.Td maw={320}>
                <Status of={outcome} />
              </Table.Td>
              <Table.Td>
                {outcome.grade ? <Badge color={GRADES[outcome.grade].color}>{outcome.grade}</Badge> : '–'}
              </Table.Td>
              <Table.Td className="number">{outcome.auc?.toFixed(3) ?? '–'}</Table.Td>
              <Table.Td className="number">{shown(outcome)}</Table.Td>
              <Table.Td>
                <AsOf at={outcome.asOf} />
              </Table.Td>
            </RowLink>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** The base rate of the version whose other figures are shown. */
function shown({ versions, publishedVersion }: Outcome): string {
  const version =
    versions.find((each) => each.version === publishedVersion) ?? versions.find(({ status }) => status === 'ready');
  return version && version.baseRate !== null ? percent(version.baseRate) : '–';
}

function Status({ of: outcome }: { of: Outcome }) {
  if (isBusy(outcome.status)) return <TrainingProgress of={outcome.progress} />;
  return (
    <>
      <Group gap={6}>
        {outcome.publishedVersion !== null && <Badge color="teal">v{outcome.publishedVersion} published</Badge>}
        {outcome.status === 'ready' && outcome.newestVersion !== outcome.publishedVersion && (
          <Badge color="yellow">v{outcome.newestVersion} not live</Badge>
        )}
        {outcome.status === 'error' && <State of="error" />}
      </Group>
      {outcome.statusError && (
        <Text size="xs" c="red" lineClamp={2} mt={2}>
          {outcome.statusError.detail}
        </Text>
      )}
    </>
  );
}
