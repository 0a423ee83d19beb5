import { Badge, Box, Button, Card, Group, Progress, Stack, Text, Tooltip } from '@mantine/core';
import { IconPinFilled } from '@tabler/icons-react';
import type { SalientTrait, VersionPersona } from '../../api/types/personas.ts';
import { number, percent } from '../../app/format.ts';
import { PersonaAvatar } from '../../components/persona-avatar.tsx';

interface PersonaCardProps {
  persona: VersionPersona;
  /** Share of the largest persona: bars are drawn against it. */
  largest: number;
  onProfile: () => void;
  onEdit: () => void;
  onSplit: () => void;
  onPin: () => void;
}

/** One persona: who they are, how many, and what marks them. */
export function PersonaCard({ persona, largest, onProfile, onEdit, onSplit, onPin }: PersonaCardProps) {
  return (
    <Card component="article" aria-label={persona.name} style={{ borderTop: `3px solid ${persona.color}` }}>
      <Group wrap="nowrap" align="flex-start" gap="sm">
        <PersonaAvatar persona={persona} />
        <Box miw={0} flex={1}>
          <Text fw={650} lh={1.3} component="h2" m={0}>
            {persona.name}
          </Text>
          <Text size="sm" c="dimmed" className="figure">
            {number(persona.size)} contacts · {percent(persona.share)}
          </Text>
        </Box>
        {persona.pinned && (
          <Badge color="grape" leftSection={<IconPinFilled size={12} />}>
            Pinned
          </Badge>
        )}
      </Group>
      <Progress
        mt="sm"
        size={5}
        value={(persona.share / Math.max(largest, 0.001)) * 100}
        color={persona.color}
        aria-label={`Share ${percent(persona.share)}`}
      />
      <Text size="sm" mt="sm" lineClamp={3}>
        {persona.summary}
      </Text>
      <Stack gap={8} mt="md" flex={1}>
        {persona.salientTraits.slice(0, 5).map((trait) => (
          <Lift key={`${trait.trait} ${trait.statement}`} trait={trait} color={persona.color} />
        ))}
      </Stack>
      {(persona.tone || persona.offer) && (
        <Text size="xs" c="dimmed" mt="sm">
          {[persona.tone && `Tone: ${persona.tone}`, persona.offer && `Offer: ${persona.offer}`]
            .filter(Boolean)
            .join(' · ')}
        </Text>
      )}
      <Group gap="xs" mt="md">
        <Button size="xs" variant="light" onClick={onProfile}>
          Full profile
        </Button>
        <Button size="xs" variant="subtle" onClick={onEdit}>
          Edit
        </Button>
        <Button size="xs" variant="subtle" onClick={onSplit} disabled={persona.pinned}>
          Split
        </Button>
        <Tooltip label="Later trainings keep a pinned persona as it is." withArrow openDelay={300}>
          <Button size="xs" variant="subtle" onClick={onPin}>
            {persona.pinned ? 'Unpin' : 'Pin'}
          </Button>
        </Tooltip>
      </Group>
    </Card>
  );
}

/** Beyond this a bar is full. */
const FULL_LIFT = 4;

function Lift({ trait, color }: { trait: SalientTrait; color: string }) {
  return (
    <div>
      <Group justify="space-between" wrap="nowrap" gap="xs" align="baseline">
        <Text size="xs">{trait.statement}</Text>
        <Text size="xs" fw={600} className="figure" style={{ whiteSpace: 'nowrap' }}>
          ×{trait.lift.toFixed(1)}
        </Text>
      </Group>
      <Progress
        size={3}
        mt={2}
        value={Math.min(1, trait.lift / FULL_LIFT) * 100}
        color={color}
        aria-label={`${trait.lift.toFixed(1)} times as often as everyone`}
      />
    </div>
  );
}
