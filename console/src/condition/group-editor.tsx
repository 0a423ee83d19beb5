import { ActionIcon, Box, Button, Menu, Group as Row, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconFolderPlus, IconPlus, IconTrash } from '@tabler/icons-react';
import type { Condition } from '../api/types/condition.ts';
import { newLeaf, useChoices, useProblems } from './choices.tsx';
import { LeafEditor } from './leaf-editor.tsx';
import {
  type Group,
  type GroupKind,
  group,
  groupKind,
  isGroup,
  isNot,
  join,
  LEAF_NAMES,
  type LeafKind,
  partPath,
  partsOf,
} from './nodes.ts';

interface NodeProps<T extends Condition> {
  node: T;
  path: string;
  onChange: (node: T) => void;
  onRemove?: () => void;
}

/** A list of conditions of which all, or any, must hold. */
export function GroupEditor({ node, path, onChange, onRemove }: NodeProps<Group>) {
  const parts = partsOf(node);
  const kind = groupKind(node);
  const problems = useProblems(
    path,
    parts.map((_, i) => partPath(path, node, i)),
  );
  const replace = (index: number, part: Condition) =>
    onChange(
      group(
        kind,
        parts.map((old, i) => (i === index ? part : old)),
      ),
    );
  const remove = (index: number) =>
    onChange(
      group(
        kind,
        parts.filter((_, i) => i !== index),
      ),
    );
  return (
    <Box bdrs="md" p="sm" bd="1px solid var(--reach-line)" bg="var(--reach-inset)">
      <Row justify="space-between" mb={parts.length > 0 ? 'sm' : 0} gap="xs">
        <SegmentedControl
          size="xs"
          aria-label="How the conditions combine"
          value={kind}
          onChange={(next) => onChange(group(next as GroupKind, parts))}
          data={[
            { value: 'all', label: 'All of' },
            { value: 'any', label: 'Any of' },
          ]}
        />
        <Row gap={4}>
          <AddMenu onAdd={(part) => onChange(group(kind, [...parts, part]))} />
          {onRemove && (
            <ActionIcon variant="subtle" color="gray" aria-label="Remove group" onClick={onRemove}>
              <IconTrash size={16} />
            </ActionIcon>
          )}
        </Row>
      </Row>
      <Stack gap="xs">
        {parts.map((part, i) => (
          <NodeEditor
            // parts have no id: their place is what they are known by
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            key={i}
            node={part}
            path={partPath(path, node, i)}
            onChange={(next) => replace(i, next)}
            onRemove={() => remove(i)}
          />
        ))}
      </Stack>
      {problems.map(({ message }) => (
        <Text key={message} size="xs" c="red" mt={4} role="alert">
          {message}
        </Text>
      ))}
    </Box>
  );
}

/** A condition of any kind; `not` is a switch on what it negates. */
function NodeEditor({ node, path, onChange, onRemove }: NodeProps<Condition>) {
  const negated = isNot(node);
  const inner = negated ? node.not : node;
  const innerPath = negated ? join(path, 'not') : path;
  const put = (next: Condition) => onChange(negated ? { not: next } : next);
  const not = (
    <Button
      size="compact-xs"
      variant={negated ? 'filled' : 'default'}
      color={negated ? 'orange' : undefined}
      aria-pressed={negated}
      onClick={() => onChange(negated ? node.not : { not: node })}
    >
      not
    </Button>
  );
  if (isNot(inner) || isGroup(inner)) {
    return (
      <Row align="flex-start" gap="xs" wrap="nowrap">
        <Box pt={12}>{not}</Box>
        <Box flex={1} miw={0}>
          {isNot(inner) ? (
            <NodeEditor node={inner} path={innerPath} onChange={put} onRemove={onRemove} />
          ) : (
            <GroupEditor node={inner} path={innerPath} onChange={put} onRemove={onRemove} />
          )}
        </Box>
      </Row>
    );
  }
  return <LeafEditor node={inner} path={innerPath} not={not} onChange={put} onRemove={onRemove} />;
}

function AddMenu({ onAdd }: { onAdd: (node: Condition) => void }) {
  const choices = useChoices();
  const kinds = (Object.keys(LEAF_NAMES) as LeafKind[]).filter((kind) => kind !== 'audience' || choices.inAudience);
  return (
    <Menu position="bottom-end" withArrow>
      <Menu.Target>
        <Button size="compact-sm" variant="light" leftSection={<IconPlus size={14} />}>
          Add condition
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {kinds.map((kind) => (
          <Menu.Item key={kind} onClick={() => onAdd(newLeaf(kind, choices))}>
            {LEAF_NAMES[kind]}
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
