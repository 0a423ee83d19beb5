import { ActionIcon, Box, Group, NativeSelect, Text } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Condition } from '../api/types/condition.ts';
import { newLeaf, useChoices, useProblems } from './choices.tsx';
import { EventFields } from './event-fields.tsx';
import { isEvent, isOutcome, isTrait, LEAF_NAMES, type LeafKind, leafKind } from './nodes.ts';
import { OutcomeFields } from './outcome-fields.tsx';
import { AudienceField, CohortField, ConsentFields, ContactableField, PersonaFields } from './reference-fields.tsx';
import { TraitFields } from './trait-fields.tsx';

interface LeafEditorProps {
  node: Condition;
  path: string;
  /** The switch that negates it. */
  not: ReactNode;
  onChange: (node: Condition) => void;
  onRemove?: () => void;
}

/** One thing said of a contact: its kind, its fields, and what is wrong with it. */
export function LeafEditor({ node, path, not, onChange, onRemove }: LeafEditorProps) {
  const choices = useChoices();
  const problems = useProblems(path);
  const kind = leafKind(node);
  const kinds = (Object.keys(LEAF_NAMES) as LeafKind[]).filter((each) => each !== 'audience' || choices.inAudience);
  return (
    <Box
      bg="var(--reach-surface)"
      bdrs="md"
      p={8}
      bd={`1px solid ${problems.length > 0 ? 'var(--mantine-color-error)' : 'var(--reach-line)'}`}
    >
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Group gap="xs" flex={1}>
          {not}
          <NativeSelect
            size="xs"
            aria-label="Kind of condition"
            value={kind}
            onChange={({ currentTarget }) => onChange(newLeaf(currentTarget.value as LeafKind, choices))}
            data={kinds.map((each) => ({ value: each, label: LEAF_NAMES[each] }))}
          />
          <Fields node={node} onChange={onChange} />
        </Group>
        <ActionIcon variant="subtle" color="gray" aria-label="Remove condition" onClick={onRemove}>
          <IconTrash size={16} />
        </ActionIcon>
      </Group>
      {problems.map(({ message }) => (
        <Text key={message} size="xs" c="red" mt={4} role="alert">
          {message}
        </Text>
      ))}
    </Box>
  );
}

function Fields({ node, onChange }: Pick<LeafEditorProps, 'node' | 'onChange'>) {
  if (isTrait(node)) return <TraitFields node={node} onChange={onChange} />;
  if (isEvent(node)) return <EventFields node={node} onChange={onChange} />;
  if (isOutcome(node)) return <OutcomeFields node={node} onChange={onChange} />;
  if ('persona' in node) return <PersonaFields node={node} onChange={onChange} />;
  if ('cohort' in node) return <CohortField node={node} onChange={onChange} />;
  if ('audience' in node) return <AudienceField node={node} onChange={onChange} />;
  if ('contactable' in node) return <ContactableField node={node} onChange={onChange} />;
  if ('consent' in node) return <ConsentFields node={node} onChange={onChange} />;
  return <Text size="sm">every contact</Text>;
}
