import { ActionIcon, Box, Button, Group, Input, Stack, Text } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useRef } from 'react';
import { allOf, below, type FieldProps, type FieldValues, isShown, labelOf } from './declared.ts';
import { DeclaredFields } from './declared-fields.tsx';

/** A list of objects: each a row with inputs of its own, which can be moved and removed. */
export function RowsField({ field, value, problems, onChange }: FieldProps) {
  const rows = Array.isArray(value) ? (value as FieldValues[]) : [];
  const keys = useRowKeys(rows.length);
  const { label, description } = labelOf(field);
  const change = (next: FieldValues[]) => onChange(next.length > 0 ? next : undefined);
  const swap = (a: number, b: number) => {
    keys.swap(a, b);
    change(rows.map((row, i) => (i === a ? rows[b]! : i === b ? rows[a]! : row)));
  };
  return (
    <Frame label={label} description={description} required={field.required} error={allOf(problems.filter(isOwn))}>
      {rows.map((row, i) => (
        <Box
          key={keys.of(i)}
          role="group"
          aria-label={`${label} ${i + 1}`}
          p="sm"
          bd="1px solid var(--reach-line)"
          bdrs="md"
          bg="var(--reach-inset)"
        >
          <Group justify="space-between" mb="xs">
            <Text size="sm" fw={600}>
              {i + 1}
            </Text>
            <Group gap={4}>
              <RowButton label={`Move ${label} ${i + 1} up`} disabled={i === 0} onClick={() => swap(i, i - 1)}>
                <IconArrowUp size={16} />
              </RowButton>
              <RowButton
                label={`Move ${label} ${i + 1} down`}
                disabled={i === rows.length - 1}
                onClick={() => swap(i, i + 1)}
              >
                <IconArrowDown size={16} />
              </RowButton>
              <RowButton
                label={`Remove ${label} ${i + 1}`}
                onClick={() => {
                  keys.remove(i);
                  change(rows.filter((_, j) => j !== i));
                }}
              >
                <IconTrash size={16} />
              </RowButton>
            </Group>
          </Group>
          <Parts
            field={field}
            value={row}
            problems={below(problems, `[${i}]`)}
            onChange={(next) => change(rows.map((old, j) => (j === i ? (next as FieldValues) : old)))}
          />
        </Box>
      ))}
      <Button
        variant="light"
        size="xs"
        leftSection={<IconPlus size={14} />}
        style={{ alignSelf: 'flex-start' }}
        aria-label={`Add to ${label}`}
        onClick={() => change([...rows, {}])}
      >
        Add
      </Button>
    </Frame>
  );
}

/** An object that may be left out altogether. */
export function ObjectField({ field, value, problems, onChange }: FieldProps) {
  const { label, description } = labelOf(field);
  const isThere = typeof value === 'object' && value !== null;
  return (
    <Frame label={label} description={description} required={field.required} error={allOf(problems.filter(isOwn))}>
      {isThere && (
        <Box role="group" aria-label={label} p="sm" bd="1px solid var(--reach-line)" bdrs="md" bg="var(--reach-inset)">
          <Parts field={field} value={value} problems={problems.filter((each) => !isOwn(each))} onChange={onChange} />
        </Box>
      )}
      <Button
        variant="light"
        size="xs"
        style={{ alignSelf: 'flex-start' }}
        aria-label={isThere ? `Leave out ${label}` : `Set ${label}`}
        onClick={() => onChange(isThere ? undefined : {})}
      >
        {isThere ? 'Leave out' : 'Set'}
      </Button>
    </Frame>
  );
}

const isOwn = ({ path }: { path: string }): boolean => path === '';

/** The inputs of an object, and what is wrong with it that none of them shows. */
function Parts({ field: { fields = [] }, value, problems, onChange }: FieldProps) {
  const values = (value ?? {}) as FieldValues;
  const others = allOf(problems.filter((problem) => !isShown(fields, problem)));
  return (
    <>
      {others && (
        <Text size="xs" c="red" mb="xs">
          {others}
        </Text>
      )}
      <DeclaredFields fields={fields} values={values} problems={problems} onChange={onChange} />
    </>
  );
}

function Frame({
  label,
  description,
  required,
  error,
  children,
}: {
  label: string;
  description?: string;
  required: boolean;
  error: string | undefined;
  children: ReactNode;
}) {
  return (
    <Box style={{ gridColumn: '1 / -1' }}>
      <Input.Wrapper labelElement="div" {...{ label, description, required, error }}>
        <Stack gap="xs" mt={4} mb={4}>
          {children}
        </Stack>
      </Input.Wrapper>
    </Box>
  );
}

function RowButton({
  label,
  disabled,
  onClick,
  children,
}: {
  label: string;
  disabled?: boolean;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={label} disabled={disabled} onClick={onClick}>
      {children}
    </ActionIcon>
  );
}

/** What rows are known by while they are moved: inputs keep what is typed into them. */
function useRowKeys(count: number) {
  const next = useRef(0);
  const keys = useRef<number[]>([]);
  while (keys.current.length < count) keys.current.push(next.current++);
  keys.current.length = count;
  return {
    of: (index: number) => keys.current[index],
    swap: (a: number, b: number) => {
      const { current } = keys;
      [current[a], current[b]] = [current[b]!, current[a]!];
    },
    remove: (index: number) => keys.current.splice(index, 1),
  };
}
