import {
  ActionIcon,
  Box,
  Button,
  Menu,
  NativeSelect,
  Group as Row,
  SegmentedControl,
  Stack,
  Text,
} from '@mantine/core';
import { IconFolderPlus, IconPlus, IconTrash } from '@tabler/icons-react';
import type { ComponentType, ReactNode } from 'react';
import type { FieldProblem } from '../api/problem.ts';
import type { Group, Tree } from '../api/types/tree.ts';
import { useProblems } from './choices.tsx';
import { type GroupKind, groupKind, groupOf, isGroup, isNot, join, partPath, partsOf } from './tree.ts';

export interface LeafProps<Leaf> {
  leaf: Leaf;
  onChange: (leaf: Leaf) => void;
}

/** What the leaves of a tree are, and how one is edited. */
export interface Leaves<Leaf, Kind extends string> {
  /** What one is called in labels: "Add condition". */
  noun: string;
  kinds: { value: Kind; label: string }[];
  kindOf: (leaf: Leaf) => Kind;
  /** One to begin with. */
  create: (kind: Kind) => Leaf;
  Fields: ComponentType<LeafProps<Leaf>>;
}

export interface EditorProps<Node> {
  node: Node;
  /** Where the service finds it, for what it says is wrong. */
  path: string;
  onChange: (node: Node) => void;
  onRemove?: () => void;
}

type Props<Node, Leaf, Kind extends string> = EditorProps<Node> & { leaves: Leaves<Leaf, Kind> };

/** A list of which all, or any, must hold. */
export function GroupEditor<Leaf extends object, Kind extends string>({
  node,
  path,
  leaves,
  onChange,
  onRemove,
}: Props<Group<Leaf>, Leaf, Kind>) {
  const kind = groupKind(node);
  const parts = partsOf(node);
  const put = (next: Tree<Leaf>[]) => onChange(groupOf(kind, next));
  const problems = useProblems(
    path,
    parts.map((_, i) => partPath(path, node, i)),
  );
  return (
    <Box bdrs="md" p="sm" bd="1px solid var(--reach-line)" bg="var(--reach-inset)">
      <Row justify="space-between" mb={parts.length > 0 ? 'sm' : 0} gap="xs">
        <SegmentedControl
          size="xs"
          aria-label={`How the ${leaves.noun}s combine`}
          value={kind}
          onChange={(next) => onChange(groupOf(next as GroupKind, parts))}
          data={[
            { value: 'all', label: 'All of' },
            { value: 'any', label: 'Any of' },
          ]}
        />
        <Row gap={4}>
          <AddMenu leaves={leaves} onAdd={(part) => put([...parts, part])} />
          {onRemove && <Remove label="Remove group" onClick={onRemove} />}
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
            leaves={leaves}
            onChange={(next) => put(parts.map((old, j) => (j === i ? next : old)))}
            onRemove={() => put(parts.filter((_, j) => j !== i))}
          />
        ))}
      </Stack>
      <Problems of={problems} />
    </Box>
  );
}

/** A part of any kind; `not` is a switch on what it negates. */
function NodeEditor<Leaf extends object, Kind extends string>({
  node,
  path,
  onChange,
  ...rest
}: Props<Tree<Leaf>, Leaf, Kind>) {
  const negated = isNot(node);
  const inner = negated ? node.not : node;
  const props = {
    ...rest,
    path: negated ? join(path, 'not') : path,
    onChange: (next: Tree<Leaf>) => onChange(negated ? { not: next } : next),
  };
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
  if (!isNot(inner) && !isGroup(inner)) return <LeafEditor node={inner} not={not} {...props} />;
  return (
    <Row align="flex-start" gap="xs" wrap="nowrap">
      <Box pt={12}>{not}</Box>
      <Box flex={1} miw={0}>
        {isNot(inner) ? <NodeEditor node={inner} {...props} /> : <GroupEditor node={inner} {...props} />}
      </Box>
    </Row>
  );
}

/** A leaf: its kind, its fields, and what is wrong with it. */
function LeafEditor<Leaf extends object, Kind extends string>({
  node,
  path,
  leaves: { noun, kinds, kindOf, create, Fields },
  not,
  onChange,
  onRemove,
}: Props<Leaf, Leaf, Kind> & { not: ReactNode }) {
  const problems = useProblems(path);
  return (
    <Box
      bg="var(--reach-surface)"
      bdrs="md"
      p={8}
      bd={`1px solid ${problems.length > 0 ? 'var(--mantine-color-error)' : 'var(--reach-line)'}`}
    >
      <Row gap="xs" wrap="nowrap" align="flex-start">
        <Row gap="xs" flex={1}>
          {not}
          <NativeSelect
            size="xs"
            aria-label={`Kind of ${noun}`}
            value={kindOf(node)}
            onChange={({ currentTarget }) => onChange(create(currentTarget.value as Kind))}
            data={kinds}
          />
          <Fields leaf={node} onChange={onChange} />
        </Row>
        <Remove label={`Remove ${noun}`} onClick={onRemove} />
      </Row>
      <Problems of={problems} />
    </Box>
  );
}

function AddMenu<Leaf, Kind extends string>({
  leaves: { noun, kinds, create },
  onAdd,
}: {
  leaves: Leaves<Leaf, Kind>;
  onAdd: (node: Tree<Leaf>) => void;
}) {
  return (
    <Menu position="bottom-end" withArrow>
      <Menu.Target>
        <Button size="compact-sm" variant="light" leftSection={<IconPlus size={14} />}>
          Add {noun}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {kinds.map(({ value, label }) => (
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

function Remove({ label, onClick }: { label: string; onClick?: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={onClick}>
      <IconTrash size={16} />
    </ActionIcon>
  );
}

function Problems({ of: problems }: { of: FieldProblem[] }) {
  return problems.map(({ message }) => (
    <Text key={message} size="xs" c="red" mt={4} role="alert">
      {message}
    </Text>
  ));
}
