import { ActionIcon, Button, Group, Input, JsonInput, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { allOf, type FieldProps, labelOf } from './declared.ts';

/** Texts by name, a line each. Lines without a name are not sent. */
export function MapField({ field, value, problems, onChange }: FieldProps) {
  const [lines, setLines] = useState<[name: string, text: string][]>(() =>
    Object.entries(Object(value) as Record<string, unknown>).map(([name, text]) => [name, String(text)]),
  );
  const change = (next: typeof lines) => {
    setLines(next);
    const named = next.filter(([name]) => name !== '');
    onChange(named.length > 0 ? Object.fromEntries(named) : undefined);
  };
  const replace = (index: number, line: [string, string]) => change(lines.map((old, i) => (i === index ? line : old)));
  const { label, description } = labelOf(field);
  return (
    <Input.Wrapper labelElement="div" {...{ label, description }} required={field.required} error={allOf(problems)}>
      <Stack gap={6} my={4}>
        {lines.map(([name, text], i) => (
          // a line has no id: its place is what it is known by
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <Group key={i} gap={6} wrap="nowrap">
            <TextInput
              flex={1}
              aria-label={`Name ${i + 1} of ${label}`}
              placeholder="Name"
              value={name}
              onChange={({ currentTarget }) => replace(i, [currentTarget.value, text])}
            />
            <TextInput
              flex={2}
              aria-label={`Value ${i + 1} of ${label}`}
              placeholder="Value"
              value={text}
              onChange={({ currentTarget }) => replace(i, [name, currentTarget.value])}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Remove line ${i + 1} of ${label}`}
              onClick={() => change(lines.filter((_, j) => j !== i))}
            >
              <IconX size={16} />
            </ActionIcon>
          </Group>
        ))}
        <Button
          variant="light"
          size="xs"
          leftSection={<IconPlus size={14} />}
          style={{ alignSelf: 'flex-start' }}
          aria-label={`Add to ${label}`}
          onClick={() => change([...lines, ['', '']])}
        >
          Add
        </Button>
      </Stack>
    </Input.Wrapper>
  );
}

/** Any JSON. What cannot be read is sent as it is, so that the service says what is wrong with it. */
export function JsonField({ field, value, problems, onChange }: FieldProps) {
  const [text, setText] = useState(() => (value === undefined || value === null ? '' : JSON.stringify(value, null, 2)));
  const change = (next: string) => {
    setText(next);
    onChange(next.trim() === '' ? undefined : readJson(next));
  };
  return (
    <JsonInput
      {...labelOf(field)}
      required={field.required}
      error={allOf(problems)}
      autosize
      minRows={2}
      maxRows={20}
      formatOnBlur
      validationError="This is not JSON"
      placeholder={'{ … }'}
      value={text}
      onChange={change}
    />
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
