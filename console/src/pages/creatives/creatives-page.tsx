import { Button, Table, Text } from '@mantine/core';
import { IconPlus, IconSpeakerphone } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../../api/queries.ts';
import type { Creative } from '../../api/types/creatives.ts';
import { plural } from '../../app/format.ts';
import { Page, Section } from '../../components/page.tsx';
import { RowLink } from '../../components/row-link.tsx';
import { Answer, Empty } from '../../components/states.tsx';
import { Ago } from '../../components/time.tsx';
import { isGroup, isNot, partsOf } from '../../condition/tree.ts';
import { CoverageView } from './coverage-view.tsx';
import { CreativeState } from './creative-state.tsx';

export default function CreativesPage() {
  const creatives = useQuery(queries.creatives());
  const create = (
    <Button component={Link} to="/creatives/new" leftSection={<IconPlus size={16} />}>
      New creative
    </Button>
  );
  return (
    <Page
      title="Creatives"
      about="What is said, and to which personas. Deliveries carry the best matches of each segment."
      actions={create}
    >
      <Section title="All creatives">
        <Answer of={creatives}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon={IconSpeakerphone} title="No creatives yet" action={create}>
                A creative is a headline with an image and a link, and rules that say which personas it is for.
              </Empty>
            ) : (
              <CreativesTable items={items} />
            )
          }
        </Answer>
      </Section>
      <CoverageView />
    </Page>
  );
}

function CreativesTable({ items }: { items: Creative[] }) {
  return (
    <Table.ScrollContainer minWidth={720}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Headline</Table.Th>
            <Table.Th>Channels</Table.Th>
            <Table.Th>For</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Changed</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((creative) => (
            <RowLink key={creative.id} to={`/creatives/${creative.id}`} label={creative.name}>
              <Table.Td maw={320}>
                <Text size="sm" lineClamp={2}>
                  {creative.headline}
                </Text>
              </Table.Td>
              <Table.Td>{creative.channels.join(', ') || 'Every channel'}</Table.Td>
              <Table.Td>{creative.rules ? plural(leaves(creative.rules), 'rule') : 'Every persona'}</Table.Td>
              <Table.Td>
                <CreativeState of={creative} />
              </Table.Td>
              <Table.Td>
                <Ago at={creative.updatedAt} />
              </Table.Td>
            </RowLink>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

const leaves = (rule: NonNullable<Creative['rules']>): number =>
  isNot(rule) ? leaves(rule.not) : isGroup(rule) ? partsOf(rule).reduce((sum, part) => sum + leaves(part), 0) : 1;
