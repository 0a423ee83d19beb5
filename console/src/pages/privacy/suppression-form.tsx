import { Button, Group, NativeSelect, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import type { SuppressionResult } from '../../api/types/privacy.ts';
import { useAction } from '../../api/use-action.ts';
import { plural } from '../../app/format.ts';
import { Failure } from '../../components/states.tsx';

const KINDS = [
  { value: 'emails', label: 'E-mail addresses' },
  { value: 'phones', label: 'Phone numbers' },
  { value: 'externalIds', label: 'External ids' },
  { value: 'mobileAdIds', label: 'Mobile advertising ids' },
];

/** Puts people on a list, or takes them off it. */
export function SuppressionForm() {
  const [list, setList] = useState('default');
  const [kind, setKind] = useState('emails');
  const [country, setCountry] = useState('');
  const [text, setText] = useState('');
  const identifiers = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const change = useAction(
    (path: string) =>
      api.post<SuppressionResult>(path, {
        list,
        [kind]: identifiers,
        ...(kind === 'phones' && country ? { defaultCountry: country } : {}),
      }),
    {
      refreshes: ['suppressions'],
      quiet: true,
      done: outcome,
      onDone: () => setText(''),
    },
  );
  return (
    <Stack maw={860}>
      {change.error && <Failure error={change.error} />}
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <TextInput label="List" value={list} onChange={({ currentTarget }) => setList(currentTarget.value)} />
        <NativeSelect
          label="Kind of identifier"
          value={kind}
          onChange={({ currentTarget }) => setKind(currentTarget.value)}
          data={KINDS}
        />
        {kind === 'phones' && (
          <TextInput
            label="Country of national numbers"
            placeholder="US"
            maxLength={2}
            value={country}
            onChange={({ currentTarget }) => setCountry(currentTarget.value.toUpperCase())}
          />
        )}
      </SimpleGrid>
      <Textarea
        label="Identifiers"
        description="One a line, plain or as SHA-256 digests; at most 10,000 at a time."
        autosize
        minRows={3}
        maxRows={10}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      <Group gap="xs">
        <Button
          disabled={identifiers.length === 0 || change.isPending}
          onClick={() => change.mutate('/v1/suppressions')}
        >
          Add to list
        </Button>
        <Button
          variant="default"
          disabled={identifiers.length === 0 || change.isPending}
          onClick={() => change.mutate('/v1/suppressions/remove')}
        >
          Take off list
        </Button>
      </Group>
    </Stack>
  );
}

const outcome = ({ list, identifiers, unusable }: SuppressionResult): string =>
  `${plural(identifiers, 'identifier')} changed on ${list}.${unusable > 0 ? ` ${unusable} could not be used.` : ''}`;
