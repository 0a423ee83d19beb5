import { Anchor, Badge, Group, Progress, Stack, Table, Text } from '@mantine/core';
import { IconArrowDown, IconArrowsShuffle, IconArrowUp } from '@tabler/icons-react';
import { useState } from 'react';
import type { Direction, TraitImportance } from '../../api/types/outcomes.ts';
import { number, percent } from '../../app/format.ts';
import { Section } from '../../components/page.tsx';

const DIRECTIONS: Record<Direction, { label: string; color: string; icon: typeof IconArrowUp }> = {
  raises: { label: 'raises it', color: 'teal', icon: IconArrowUp },
  lowers: { label: 'lowers it', color: 'orange', icon: IconArrowDown },
  mixed: { label: 'by value', color: 'gray', icon: IconArrowsShuffle },
};

/** What the model goes by, most important first; a trait opens to what each of its values means. */
export function ImportanceView({ traits, baseRate }: { traits: TraitImportance[]; baseRate: number }) {
  const [opened, setOpened] = useState<string>();
  const most = traits[0]?.share ?? 1;
  const shown = traits.find(({ trait }) => trait === opened) ?? traits[0];
  return (
    <Stack gap="lg">
      <Section title="Traits by weight" about="Choose a trait to see what its values mean.">
        <Table.ScrollContainer minWidth={640}>
          <Table verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Trait</Table.Th>
                <Table.Th w="25%">Weight</Table.Th>
                <Table.Th>Direction</Table.Th>
                <Table.Th>In words</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {traits.map(({ trait, share, direction, statement }) => (
                <Table.Tr key={trait} bg={trait === shown?.trait ? 'var(--reach-inset)' : undefined}>
                  <Table.Td>
                    <Anchor
                      component="button"
                      type="button"
                      size="sm"
                      aria-pressed={trait === shown?.trait}
                      onClick={() => setOpened(trait)}
                    >
                      {trait}
                    </Anchor>
                  </Table.Td>
                  <Table.Td>
                    <Group gap="xs" wrap="nowrap">
                      <Progress value={(100 * share) / most} flex={1} size={8} aria-label={`Weight of ${trait}`} />
                      <Text size="xs" className="figure" w={48} ta="right">
                        {percent(share)}
                      </Text>
                    </Group>
                  </Table.Td>
                  <Table.Td>
                    <DirectionBadge of={direction} />
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm" c="dimmed">
                      {statement}
                    </Text>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Section>
      {shown && <Effects of={shown} baseRate={baseRate} />}
    </Stack>
  );
}

export function DirectionBadge({ of: direction }: { of: Direction }) {
  const { label, color, icon: Icon } = DIRECTIONS[direction];
  return (
    <Badge color={color} miw="max-content" leftSection={<Icon size={12} />}>
      {label}
    </Badge>
  );
}

function Effects({ of: { trait, effects }, baseRate }: { of: TraitImportance; baseRate: number }) {
  return (
    <Section
      title={`What ${trait} means`}
      about={`${percent(baseRate)} attain it overall. Odds are against the average contact, all else equal.`}
    >
      <Table.ScrollContainer minWidth={480}>
        <Table verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Value</Table.Th>
              <Table.Th className="number">Contacts</Table.Th>
              <Table.Th className="number">Attain it</Table.Th>
              <Table.Th className="number">Odds</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {effects.map(({ label, contacts, rate, effect }) => (
              <Table.Tr key={label}>
                <Table.Td>{label}</Table.Td>
                <Table.Td className="number">{number(contacts)}</Table.Td>
                <Table.Td className="number">{percent(rate)}</Table.Td>
                <Table.Td className="number">× {Math.exp(effect).toFixed(2)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Section>
  );
}
