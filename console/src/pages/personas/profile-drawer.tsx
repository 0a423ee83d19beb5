import { Badge, Box, Divider, Drawer, Group, Stack, Switch, Text } from '@mantine/core';
import { useState } from 'react';
import type { TraitProfile, VersionPersona } from '../../api/types/personas.ts';
import { decimal, number, percent, words } from '../../app/format.ts';
import { AgainstEveryone } from '../../components/bars.tsx';
import { PersonaAvatar } from '../../components/persona-avatar.tsx';

interface ProfileDrawerProps {
  persona: VersionPersona | undefined;
  onClose: () => void;
}

/** Every trait's distribution in a persona, against everyone's. */
export function ProfileDrawer({ persona, onClose }: ProfileDrawerProps) {
  const [all, setAll] = useState(true);
  const profile = persona?.profile.filter((trait) => all || trait.salient) ?? [];
  const ordered = [...profile].sort((a, b) => b.strength - a.strength);
  return (
    <Drawer
      opened={persona !== undefined}
      onClose={onClose}
      position="right"
      size="xl"
      title={
        persona && (
          <Group gap="sm" wrap="nowrap">
            <PersonaAvatar persona={persona} size={36} />
            <div>
              <Text fw={650}>{persona.name}</Text>
              <Text size="xs" c="dimmed">
                {number(persona.size)} contacts · {percent(persona.share)}
              </Text>
            </div>
          </Group>
        )
      }
    >
      {persona && (
        <Stack gap="lg">
          <Group justify="space-between" gap="xs">
            <Group gap={6}>
              <Box w={2} h={14} bg="var(--mantine-color-text)" />
              <Text size="xs" c="dimmed">
                marks everyone; bold is beyond chance
              </Text>
            </Group>
            <Switch
              size="xs"
              label="Only what marks them"
              checked={!all}
              onChange={({ currentTarget }) => setAll(!currentTarget.checked)}
            />
          </Group>
          {ordered.map((trait) => (
            <Trait key={trait.trait} trait={trait} color={persona.color} />
          ))}
        </Stack>
      )}
    </Drawer>
  );
}

function Trait({ trait, color }: { trait: TraitProfile; color: string }) {
  return (
    <section aria-label={trait.trait}>
      <Group gap="xs" mb={6}>
        <Text size="sm" fw={600}>
          {words(trait.trait)}
        </Text>
        {trait.salient && (
          <Badge size="xs" color="teal">
            marks them
          </Badge>
        )}
        {!trait.used && (
          <Badge size="xs" color="gray">
            not clustered on
          </Badge>
        )}
        {trait.median !== undefined && trait.type === 'number' && (
          <Text size="xs" c="dimmed" ml="auto">
            median {decimal(trait.median)}, everyone {decimal(trait.everyoneMedian ?? 0)}
          </Text>
        )}
      </Group>
      <Stack gap={4}>
        {trait.bins.map((bin) => (
          <AgainstEveryone
            key={bin.label}
            label={bin.label}
            share={bin.share}
            everyone={bin.everyone}
            color={color}
            strong={bin.salient}
          />
        ))}
      </Stack>
      <Divider mt="md" />
    </section>
  );
}
