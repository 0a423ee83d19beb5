import { Button, Group, Progress, Select, SimpleGrid, Stack, Tabs, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowMerge, IconRefresh, IconRosetteDiscountCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useParams } from 'react-router';
import { api } from '../../api/client.ts';
import { queries } from '../../api/queries.ts';
import { isBusy } from '../../api/types/common.ts';
import type { PersonaSet, PersonaVersion, VersionPersona } from '../../api/types/personas.ts';
import { useAction } from '../../api/use-action.ts';
import { number, plural, words } from '../../app/format.ts';
import { Confirm } from '../../components/confirm.tsx';
import { Page, Section } from '../../components/page.tsx';
import { Answer, Failure, Loading } from '../../components/states.tsx';
import { State } from '../../components/status.tsx';
import { Ago, AsOf } from '../../components/time.tsx';
import { CompareView } from './compare-view.tsx';
import { DriftView } from './drift-view.tsx';
import { MergeDialog, SplitDialog } from './edit-dialogs.tsx';
import { EditPersona } from './edit-persona.tsx';
import { PersonaCard } from './persona-card.tsx';
import { ProfileDrawer } from './profile-drawer.tsx';
import { TrainDialog } from './train-dialog.tsx';

// brings the charts with it
const QualityView = lazy(() => import('./quality-view.tsx'));

export default function PersonaSetPage() {
  const { id = '' } = useParams();
  const set = useQuery(queries.personaSet(id));
  return <Answer of={set}>{(data) => <SetView key={data.id} set={data} />}</Answer>;
}

function SetView({ set }: { set: PersonaSet }) {
  const [training, { open, close }] = useDisclosure();
  const [merging, merge] = useDisclosure();
  const [chosen, setChosen] = useState<number>();
  const newest = set.versions.find(({ status }) => status === 'ready');
  const shown = chosen ?? newest?.version;
  const version = useQuery({ ...queries.personaVersion(set.id, shown ?? 0), enabled: shown !== undefined });
  const underWay = set.versions.find(({ status }) => isBusy(status));
  return (
    <Page
      title={set.name}
      trail={[{ label: 'Personas', to: '/personas' }]}
      about={
        <>
          {set.publishedVersion === null ? 'Nothing published yet.' : `Version ${set.publishedVersion} is live.`}{' '}
          <AsOf at={set.asOf} />
        </>
      }
      actions={
        <>
          {shown !== undefined && (
            <Select
              aria-label="Version"
              w={190}
              allowDeselect={false}
              value={String(shown)}
              onChange={(value) => setChosen(Number(value))}
              data={set.versions
                .filter(({ status }) => status === 'ready')
                .map(({ version: v, stage }) => ({ value: String(v), label: `Version ${v} (${stage})` }))}
            />
          )}
          {version.data && version.data.personas.length > 2 && (
            <Button
              variant="default"
              leftSection={<IconArrowMerge size={16} />}
              onClick={merge.open}
              disabled={Boolean(underWay)}
            >
              Merge
            </Button>
          )}
          <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={open} disabled={Boolean(underWay)}>
            Train again
          </Button>
          {version.data && version.data.version !== set.publishedVersion && (
            <Publish set={set} version={version.data} />
          )}
        </>
      }
    >
      {version.data && (
        <MergeDialog
          key={version.data.id}
          setId={set.id}
          version={version.data}
          opened={merging}
          onClose={merge.close}
          onStarted={() => setChosen(undefined)}
        />
      )}
      <TrainDialog opened={training} onClose={close} set={set} onTrained={() => setChosen(undefined)} />
      {underWay && (
        <Section title={`${underWay.edit ? 'Making' : 'Training'} version ${underWay.version}`}>
          <Stack gap={6} aria-live="polite">
            <Progress value={underWay.progress.share * 100} animated size="lg" aria-label="Training progress" />
            <Text size="sm" c="dimmed">
              {words(underWay.progress.step) || 'Waiting to start'}
            </Text>
          </Stack>
        </Section>
      )}
      {set.statusError && <Failure title="The last training failed" error={new Error(set.statusError.detail)} />}
      {shown !== undefined && (
        <Answer of={version}>
          {(data) => <Review key={data.id} set={set} version={data} onDraft={() => setChosen(undefined)} />}
        </Answer>
      )}
    </Page>
  );
}

function Publish({ set, version }: { set: PersonaSet; version: PersonaVersion }) {
  const publish = useAction(() => api.post(`/v1/persona-sets/${set.id}/versions/${version.version}/publish`), {
    refreshes: ['persona-sets', 'audiences', 'cohorts'],
    done: `Version ${version.version} is live.`,
  });
  return (
    <Confirm
      title={`Publish version ${version.version}?`}
      verb="Publish"
      busy={publish.isPending}
      onConfirm={() => publish.mutate()}
      trigger={(open) => (
        <Button leftSection={<IconRosetteDiscountCheck size={16} />} onClick={open} loading={publish.isPending}>
          Publish version {version.version}
        </Button>
      )}
    >
      Every contact gets one of these personas. Audiences and deliveries use them from their next run on. Personas that
      kept their key keep their remote audience.
    </Confirm>
  );
}

function Review({ set, version, onDraft }: { set: PersonaSet; version: PersonaVersion; onDraft: () => void }) {
  const [split, setSplit] = useState<string>();
  const pin = useAction(
    ({ key, pinned }: VersionPersona) =>
      pinned
        ? api.remove(`/v1/persona-sets/${set.id}/personas/${key}/pin`)
        : api.post(`/v1/persona-sets/${set.id}/versions/${version.version}/personas/${key}/pin`),
    { refreshes: ['persona-sets'] },
  );
  const [profiled, setProfiled] = useState<string>();
  const [edited, setEdited] = useState<string>();
  const byKey = (key: string | undefined): VersionPersona | undefined =>
    version.personas.find((each) => each.key === key);
  const largest = Math.max(...version.personas.map(({ share }) => share), 0);
  return (
    <>
      <Group gap="xs">
        <State of={version.stage} />
        <Text size="sm" c="dimmed">
          {plural(version.personas.length, 'persona')} from {number(version.sampleSize ?? 0)} contacts
          {version.cohortSize ? ` of ${number(version.cohortSize)}` : ''}, trained <Ago at={version.trainedAt} />
          {origin(version)}
        </Text>
      </Group>
      <Tabs defaultValue="personas" keepMounted={false}>
        <Tabs.List mb="lg">
          <Tabs.Tab value="personas">Personas</Tabs.Tab>
          <Tabs.Tab value="quality">Quality and traits</Tabs.Tab>
          <Tabs.Tab value="compare">Compare</Tabs.Tab>
          <Tabs.Tab value="drift">Drift</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="personas">
          <SimpleGrid cols={{ base: 1, sm: 2, xl: 3 }} spacing="lg">
            {version.personas.map((persona) => (
              <PersonaCard
                key={persona.key}
                persona={persona}
                largest={largest}
                onProfile={() => setProfiled(persona.key)}
                onEdit={() => setEdited(persona.key)}
                onSplit={() => setSplit(persona.key)}
                onPin={() => pin.mutate(persona)}
              />
            ))}
          </SimpleGrid>
        </Tabs.Panel>
        <Tabs.Panel value="quality">
          <Suspense fallback={<Loading />}>
            <QualityView version={version} />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel value="compare">
          <CompareView set={set} version={version} />
        </Tabs.Panel>
        <Tabs.Panel value="drift">
          <DriftView setId={set.id} version={version} />
        </Tabs.Panel>
      </Tabs>
      <SplitDialog
        key={`split ${split}`}
        setId={set.id}
        version={version}
        persona={byKey(split)}
        onClose={() => setSplit(undefined)}
        onStarted={onDraft}
      />
      <ProfileDrawer persona={byKey(profiled)} onClose={() => setProfiled(undefined)} />
      <EditPersona key={edited} setId={set.id} persona={byKey(edited)} onClose={() => setEdited(undefined)} />
    </>
  );
}

/** How a version came of another one by hand. */
function origin({ basedOn, edit, personas }: PersonaVersion): string {
  if (!edit) return '';
  const name = (key: string) => personas.find((each) => each.key === key)?.name ?? key;
  return edit.kind === 'merge'
    ? `; merged ${edit.keys.length} personas of version ${basedOn} into ${name(edit.into)}`
    : `; split ${name(edit.key)} of version ${basedOn} into ${edit.parts}`;
}
