import { Badge, Button, Group, Stack, Table, Text } from '@mantine/core';
import { IconListDetails } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { api } from '../../api/client.ts';
import { queries } from '../../api/queries.ts';
import type { TraitDetails } from '../../api/types/contacts.ts';
import { useAction } from '../../api/use-action.ts';
import { number, percent } from '../../app/format.ts';
import { Confirm } from '../../components/confirm.tsx';
import { Page, Section } from '../../components/page.tsx';
import { Answer, Empty } from '../../components/states.tsx';
import { EditTrait } from './edit-trait.tsx';
import { pathOf, SOURCES } from './words.ts';

export default function TraitsPage() {
  const traits = useQuery(queries.traitDetails());
  const [edited, setEdited] = useState<TraitDetails>();
  return (
    <Page
      title="Traits"
      about="Attributes of your contacts. Rename, describe, delete or change the type of traits that came from files."
      actions={
        <Button component={Link} to="/datasets" variant="default">
          Datasets
        </Button>
      }
    >
      <Section title="All traits">
        <Answer of={traits}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon={IconListDetails} title="No traits yet">
                Import a file with columns such as plan, spend or first order.
              </Empty>
            ) : (
              <Traits items={items} onEdit={setEdited} />
            )
          }
        </Answer>
      </Section>
      {edited && <EditTrait key={edited.name} trait={edited} onClose={() => setEdited(undefined)} />}
    </Page>
  );
}

function Traits({ items, onEdit }: { items: TraitDetails[]; onEdit: (trait: TraitDetails) => void }) {
  return (
    <Table.ScrollContainer minWidth={820}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Type</Table.Th>
            <Table.Th>Source</Table.Th>
            <Table.Th className="number">Filled</Table.Th>
            <Table.Th>Used by</Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((trait) => (
            <Table.Tr key={trait.name}>
              <Table.Td maw={320}>
                <Text size="sm" fw={500}>
                  {trait.name}
                </Text>
                <Text size="xs" c="dimmed" lineClamp={2}>
                  {trait.description}
                </Text>
              </Table.Td>
              <Table.Td>{trait.type}</Table.Td>
              <Table.Td>{SOURCES[trait.source]}</Table.Td>
              <Table.Td className="number" title={`${number(trait.filled.contacts)} contacts`}>
                {percent(trait.filled.share)}
              </Table.Td>
              <Table.Td>
                <Users of={trait} />
              </Table.Td>
              <Table.Td>
                {trait.source !== 'contact-field' && (
                  <Group gap="xs" justify="flex-end" wrap="nowrap">
                    <Button size="compact-xs" variant="default" onClick={() => onEdit(trait)}>
                      Edit
                    </Button>
                    <DeleteTrait trait={trait} />
                  </Group>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Users({ of: { usedBy } }: { of: TraitDetails }) {
  if (usedBy.length === 0) return <Text size="sm">–</Text>;
  return (
    <Stack gap={2}>
      {usedBy.map(({ kind, id, name }) => (
        <Group key={`${kind} ${id}`} gap={6} wrap="nowrap">
          <Badge size="xs" variant="light">
            {kind}
          </Badge>
          <Text size="xs">{name}</Text>
        </Group>
      ))}
    </Stack>
  );
}

function DeleteTrait({ trait }: { trait: TraitDetails }) {
  const remove = useAction(() => api.remove(pathOf(trait.name)), {
    refreshes: ['contacts'],
    done: `${trait.name} was deleted.`,
  });
  return (
    <Confirm
      title={`Delete ${trait.name}?`}
      verb="Delete"
      color="red"
      busy={remove.isPending}
      onConfirm={() => remove.mutate()}
      trigger={(open) => (
        <Button
          size="compact-xs"
          variant="subtle"
          color="red"
          disabled={trait.usedBy.length > 0}
          title={trait.usedBy.length > 0 ? 'Change or delete its uses first.' : undefined}
          onClick={open}
        >
          Delete
        </Button>
      )}
    >
      The values of {number(trait.filled.contacts)} contacts are deleted. Import the file again to restore them.
    </Confirm>
  );
}
