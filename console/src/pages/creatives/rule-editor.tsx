import { ActionIcon, Box, Button, Group, Menu, NativeSelect, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconFolderPlus, IconPlus, IconTrash } from '@tabler/icons-react';
import type { Rule, RuleGroup, RuleLeaf } from '../../api/types/creatives.ts';
import { useChoices, useProblems } from '../../condition/choices.tsx';
import { RuleFields } from './rule-fields.tsx';
import {
  groupKind,
  groupOf,
  isGroup,
  isNot,
  LEAF_NAMES,
  type LeafKind,
  leafKind,
  newLeaf,
  partPath,
  partsOf,
} from './rules.ts';

interface RuleProps<T extends Rule> {
  rule: T;
  /** Where the service finds it, for what it says is wrong. */
  path: string;
  onChange: (rule: T) => void;
  onRemove?: () => void;
}

const KINDS = Object.entries(LEAF_NAMES).map(([value, label]) => ({ value: value as LeafKind, label }));

/** Rules of which all, or any, must hold. */
export function RuleGroupEditor({ rule, path, onChange, onRemove }: RuleProps<RuleGroup>) {
  const kind = groupKind(rule);
  const parts = partsOf(rule);
  const put = (next: Rule[]) => onChange(groupOf(kind, next));
  const problems = useProblems(
    path,
    parts.map((_, i) => partPath(path, rule, i)),
  );
  return (
    <Box bdrs="md" p="sm" bd="1px solid var(--reach-line)" bg="var(--reach-inset)">
      <Group justify="space-between" mb={parts.length > 0 ? 'sm' : 0} gap="xs">
        <SegmentedControl
          size="xs"
          aria-label="How the rules combine"
          value={kind}
          onChange={(next) => onChange(groupOf(next as 'all' | 'any', parts))}
          data={[
            { value: 'all', label: 'All of' },
            { value: 'any', label: 'Any of' },
          ]}
        />
        <Group gap={4}>
          <AddMenu onAdd={(part) => put([...parts, part])} />
          {onRemove && <Remove label="Remove group" onClick={onRemove} />}
        </Group>
      </Group>
      <Stack gap="xs">
        {parts.map((part, i) => (
          <RuleEditor
            // parts have no id: their place is what they are known by
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            key={i}
            rule={part}
            path={partPath(path, rule, i)}
            onChange={(next) => put(parts.map((old, j) => (i === j ? next : old)))}
            onRemove={() => put(parts.filter((_, j) => i !== j))}
          />
        ))}
      </Stack>
      <Problems of={problems} />
    </Box>
  );
}

/** A rule of any kind; `not` is a switch on what it negates. */
function RuleEditor({ rule, path, onChange, onRemove }: RuleProps<Rule>) {
  const negated = isNot(rule);
  const inner = negated ? rule.not : rule;
  const props = {
    path: negated ? `${path}.not` : path,
    onChange: (next: Rule) => onChange(negated ? { not: next } : next),
    onRemove,
  };
  return (
    <Group align="flex-start" gap="xs" wrap="nowrap">
      <Button
        size="compact-xs"
        mt={12}
        variant={negated ? 'filled' : 'default'}
        color={negated ? 'orange' : undefined}
        aria-pressed={negated}
        onClick={() => onChange(negated ? rule.not : { not: rule })}
      >
        not
      </Button>
      <Box flex={1} miw={0}>
        {isNot(inner) ? (
          <RuleEditor rule={inner} {...props} />
        ) : isGroup(inner) ? (
          <RuleGroupEditor rule={inner} {...props} />
        ) : (
          <LeafEditor rule={inner} {...props} />
        )}
      </Box>
    </Group>
  );
}

function LeafEditor({ rule, path, onChange, onRemove }: RuleProps<RuleLeaf>) {
  const problems = useProblems(path);
  const create = useNewLeaf();
  return (
    <Box
      bg="var(--reach-surface)"
      bdrs="md"
      p={8}
      bd={`1px solid ${problems.length > 0 ? 'var(--mantine-color-error)' : 'var(--reach-line)'}`}
    >
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Group gap="xs" flex={1}>
          <NativeSelect
            size="xs"
            aria-label="Kind of rule"
            value={leafKind(rule)}
            onChange={({ currentTarget }) => onChange(create(currentTarget.value as LeafKind))}
            data={KINDS}
          />
          <RuleFields leaf={rule} onChange={onChange} />
        </Group>
        <Remove label="Remove rule" onClick={onRemove} />
      </Group>
      <Problems of={problems} />
    </Box>
  );
}

function AddMenu({ onAdd }: { onAdd: (rule: Rule) => void }) {
  const create = useNewLeaf();
  return (
    <Menu position="bottom-end" withArrow>
      <Menu.Target>
        <Button size="compact-sm" variant="light" leftSection={<IconPlus size={14} />}>
          Add rule
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {KINDS.map(({ value, label }) => (
          <Menu.Item key={value} onClick={() => onAdd(create(value))}>
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconFolderPlus size={14} />} onClick={() => onAdd({ any: [] })}>
          Group
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function useNewLeaf(): (kind: LeafKind) => RuleLeaf {
  const { traits, personaSets } = useChoices();
  const personas = personaSets.flatMap((set) => set.personas.map(({ name }) => name));
  return (kind) => newLeaf(kind, traits, personas);
}

function Remove({ label, onClick }: { label: string; onClick?: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={onClick}>
      <IconTrash size={16} />
    </ActionIcon>
  );
}

function Problems({ of: problems }: { of: { message: string }[] }) {
  return problems.map(({ message }) => (
    <Text key={message} size="xs" c="red" mt={4} role="alert">
      {message}
    </Text>
  ));
}
