import { Button, Grid, Group, Stack } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSend } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { api } from '../../api/client.ts';
import { fieldsOf } from '../../api/problem.ts';
import { queries } from '../../api/queries.ts';
import type { Audience, AudienceDefinition } from '../../api/types/groups.ts';
import { useAction } from '../../api/use-action.ts';
import { Confirm } from '../../components/confirm.tsx';
import { Page } from '../../components/page.tsx';
import { Answer, Failure } from '../../components/states.tsx';
import { State } from '../../components/status.tsx';
import { AudienceFields } from './audience-fields.tsx';
import { PreviewPanel } from './preview-panel.tsx';

export default function AudiencePage() {
  const { id = 'new' } = useParams();
  const audience = useQuery({ ...queries.audience(id), enabled: id !== 'new' });
  if (id === 'new') return <AudienceForm key="new" />;
  return <Answer of={audience}>{(data) => <AudienceForm key={data.id} audience={data} />}</Answer>;
}

function AudienceForm({ audience }: { audience?: Audience }) {
  const navigate = useNavigate();
  const [names, setNames] = useState({ name: audience?.name ?? '', description: audience?.description ?? '' });
  const [definition, setDefinition] = useState<AudienceDefinition>(() => definitionOf(audience));
  const [asked] = useDebouncedValue(definition, 400);
  const preview = useQuery({ ...queries.audiencePreview(asked), placeholderData: keepPreviousData });
  const save = useAction(
    () => {
      const body = { ...names, ...definition };
      return audience
        ? api.patch<Audience>(`/v1/audiences/${audience.id}`, body)
        : api.post<Audience>('/v1/audiences', body);
    },
    {
      refreshes: ['audiences'],
      done: 'Audience saved.',
      quiet: true,
      onDone: (saved) => navigate(`/audiences/${saved.id}`, { replace: true }),
    },
  );
  // what was refused is no longer true of what is edited
  const edited =
    <T,>(set: (value: T) => void) =>
    (value: T) => {
      save.reset();
      set(value);
    };
  const remove = useAction(() => api.remove(`/v1/audiences/${audience?.id}`), {
    refreshes: ['audiences'],
    done: 'Audience deleted.',
    onDone: () => navigate('/audiences'),
  });
  const saved = fieldsOf(save.error);

  return (
    <Page
      title={audience?.name ?? 'New audience'}
      badge={audience && <State of={audience.status} />}
      about={audience?.description || undefined}
      trail={[{ label: 'Audiences', to: '/audiences' }]}
      actions={
        <Group gap="xs">
          {audience && (
            <>
              <Confirm
                title={`Delete ${audience.name}?`}
                verb="Delete audience"
                color="red"
                busy={remove.isPending}
                onConfirm={() => remove.mutate()}
                trigger={(open) => (
                  <Button variant="default" onClick={open}>
                    Delete
                  </Button>
                )}
              >
                Contacts and what was delivered stay. An audience that a delivery uses cannot be deleted.
              </Confirm>
              <Button
                component={Link}
                to={`/deliveries/new?audience=${audience.id}`}
                variant="light"
                leftSection={<IconSend size={16} />}
              >
                Deliver
              </Button>
            </>
          )}
          <Button loading={save.isPending} onClick={() => save.mutate()}>
            Save audience
          </Button>
        </Group>
      }
    >
      {save.error && saved.length === 0 && <Failure error={save.error} />}
      {audience?.statusError && <Failure title="It cannot be counted" error={new Error(audience.statusError)} />}
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <Stack gap="lg">
            <AudienceFields
              names={names}
              onNames={edited(setNames)}
              definition={definition}
              onDefinition={edited(setDefinition)}
              problems={[...saved, ...fieldsOf(preview.error)]}
            />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <PreviewPanel preview={preview} personaSetId={definition.personaSetId ?? null} />
        </Grid.Col>
      </Grid>
    </Page>
  );
}

function definitionOf(audience: Audience | undefined): AudienceDefinition {
  if (!audience) return { include: {}, exclude: {} };
  const { include, exclude, personaSetId, personas, limit } = audience;
  // null clears what an earlier edit had set
  return { include, exclude, personaSetId: personaSetId ?? null, personas: personas ?? null, limit: limit ?? null };
}
