import { Alert, Button, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { api } from '../../api/client.ts';
import { type FieldProblem, fieldsOf } from '../../api/problem.ts';
import { queries } from '../../api/queries.ts';
import type { Connection, Destination, Field } from '../../api/types/connections.ts';
import { useAction } from '../../api/use-action.ts';
import { CallsTable } from '../../components/calls-table.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { below, type FieldValues, isShown } from '../../components/declared.ts';
import { DeclaredFields } from '../../components/declared-fields.tsx';
import { Page, Section } from '../../components/page.tsx';
import { Answer, Failure } from '../../components/states.tsx';
import { State } from '../../components/status.tsx';
import { CheckHistory } from './check-history.tsx';
import { KeyPairSection } from './key-pair.tsx';
import { Prerequisites } from './prerequisites.tsx';

export default function ConnectionPage() {
  const { id = 'new' } = useParams();
  const destinations = useQuery(queries.destinations());
  const connection = useQuery({ ...queries.connection(id), enabled: id !== 'new' });
  return (
    <Answer of={destinations}>
      {({ items }) =>
        id === 'new' ? (
          <ConnectionForm key="new" destinations={items} />
        ) : (
          <Answer of={connection}>
            {(data) => <ConnectionForm key={data.id} destinations={items} connection={data} />}
          </Answer>
        )
      }
    </Answer>
  );
}

function ConnectionForm({ destinations, connection }: { destinations: Destination[]; connection?: Connection }) {
  const navigate = useNavigate();
  const [type, setType] = useState(connection?.type ?? destinations[0]?.type ?? '');
  const [name, setName] = useState(connection?.name ?? '');
  const [settings, setSettings] = useState<FieldValues>(connection?.settings ?? {});
  const [seen, setSeen] = useState(connection?.updatedAt);
  if (connection && connection.updatedAt !== seen) {
    // also changed beside this form, by confirming a host key or making a key pair
    setSeen(connection.updatedAt);
    setSettings(connection.settings);
  }
  const destination = destinations.find((each) => each.type === type);
  const isMoved =
    connection !== undefined &&
    connection.secretsSet.length > 0 &&
    hasMoved(destination?.settings ?? [], connection.settings, settings);
  // a field that was set and is empty now is taken back
  const emptied = Object.fromEntries(
    Object.keys(connection?.settings ?? {})
      .filter((field) => settings[field] === undefined)
      .map((field) => [field, null]),
  );
  const check = useAction((id: string) => api.post(`/v1/connections/${id}/check`), { refreshes: ['connections'] });
  const save = useAction(
    () =>
      connection
        ? api.patch<Connection>(`/v1/connections/${connection.id}`, { name, settings: { ...settings, ...emptied } })
        : api.post<Connection>('/v1/connections', { name, type, settings }),
    {
      refreshes: ['connections'],
      done: 'Connection saved; checking it.',
      quiet: true,
      onDone: ({ id }) => {
        navigate(`/connections/${id}`, { replace: true });
        check.mutate(id);
      },
    },
  );
  const remove = useAction(() => api.remove(`/v1/connections/${connection?.id}`), {
    refreshes: ['connections'],
    done: 'Connection deleted.',
    onDone: () => navigate('/connections'),
  });
  const problems = fieldsOf(save.error);
  const ofSettings = below(problems, 'settings');
  const isPlaced = (problem: FieldProblem) =>
    problem.path === 'name' || below([problem], 'settings').some((each) => isShown(destination?.settings ?? [], each));
  const unplaced = save.error && !(problems.length > 0 && problems.every(isPlaced));

  return (
    <Page
      title={connection?.name ?? 'New connection'}
      badge={connection && <State of={connection.status} />}
      about={destination && `${destination.title}: ${destination.summary}`}
      trail={[{ label: 'Connections', to: '/connections' }]}
      actions={
        connection && (
          <>
            <Confirm
              title={`Delete ${connection.name}?`}
              verb="Delete connection"
              color="red"
              busy={remove.isPending}
              onConfirm={() => remove.mutate()}
              trigger={(open) => (
                <Button variant="default" onClick={open}>
                  Delete
                </Button>
              )}
            >
              Its credentials are forgotten. What was delivered stays where it is.
            </Confirm>
            <Button
              variant="light"
              leftSection={<IconPlugConnected size={16} />}
              loading={check.isPending}
              onClick={() => check.mutate(connection.id)}
            >
              Check now
            </Button>
          </>
        )
      }
    >
      {connection && <Prerequisites connection={connection} checking={check.isPending} />}
      {connection && destination?.keyPair && (
        <KeyPairSection connection={connection} kinds={destination.keyPair.kinds} />
      )}
      <Section title={connection ? 'Settings' : 'Destination and settings'}>
        <Stack maw={860}>
          {unplaced && <Failure error={save.error!} />}
          {!connection && (
            <div>
              <Text size="sm" fw={500} mb={4} id="destination">
                Destination
              </Text>
              <SegmentedControl
                aria-labelledby="destination"
                value={type}
                onChange={(next) => {
                  setType(next);
                  setSettings({});
                  save.reset();
                }}
                data={destinations.map((each) => ({ value: each.type, label: each.title }))}
              />
            </div>
          )}
          <TextInput
            label="Name"
            required
            maw={420}
            placeholder={destination && `${destination.title}, main account`}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            error={problems.find(({ path }) => path === 'name')?.message}
          />
          {destination && (
            <DeclaredFields
              key={destination.type}
              fields={destination.settings}
              values={settings}
              onChange={(next) => {
                save.reset();
                setSettings(next);
              }}
              problems={ofSettings}
              secretsSet={isMoved ? [] : connection?.secretsSet}
            />
          )}
          {connection?.secretsLost && (
            <Alert color="red" title="Enter the credentials again">
              They were stored with another encryption key and cannot be read.
            </Alert>
          )}
          {isMoved && (
            <Alert color="yellow" title="Enter the credentials again">
              You changed where they are sent. Reach never sends stored credentials to a new address.
            </Alert>
          )}
          <Group justify="flex-end">
            <Button loading={save.isPending} onClick={() => save.mutate()}>
              Save and check
            </Button>
          </Group>
        </Stack>
      </Section>
      {connection && <CheckHistory id={connection.id} />}
      {connection && <LastCalls id={connection.id} />}
    </Page>
  );
}

/** Whether a setting that decides where credentials go has another value than the one that is stored. */
function hasMoved(fields: Field[], stored: FieldValues, edited: FieldValues): boolean {
  return fields.some(({ name, address }) => address && JSON.stringify(stored[name]) !== JSON.stringify(edited[name]));
}

function LastCalls({ id }: { id: string }) {
  const calls = useQuery(queries.connectionCalls(id));
  return (
    <Section title="Last calls" about="No bodies, no credentials.">
      <Answer of={calls}>{({ items }) => <CallsTable calls={items} />}</Answer>
    </Section>
  );
}
