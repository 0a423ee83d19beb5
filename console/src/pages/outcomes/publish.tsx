import { Button } from '@mantine/core';
import { IconArrowBackUp, IconRosetteDiscountCheck } from '@tabler/icons-react';
import { api } from '../../api/client.ts';
import type { Outcome, OutcomeVersion } from '../../api/types/outcomes.ts';
import { useAction } from '../../api/use-action.ts';
import { Confirm } from '../../components/confirm.tsx';

/** Puts a version live. One that is older than the live one is a roll-back. */
export function Publish({ outcome, version: { version } }: { outcome: Outcome; version: OutcomeVersion }) {
  const isOlder = outcome.publishedVersion !== null && version < outcome.publishedVersion;
  const verb = isOlder ? 'Roll back' : 'Publish';
  const publish = useAction(() => api.post(`/v1/outcomes/${outcome.id}/versions/${version}/publish`), {
    refreshes: ['outcomes', 'audiences', 'cohorts'],
    done: `Version ${version} is live.`,
  });
  return (
    <Confirm
      title={isOlder ? `Roll back to version ${version}?` : `Publish version ${version}?`}
      verb={verb}
      busy={publish.isPending}
      onConfirm={() => publish.mutate()}
      trigger={(open) => (
        <Button
          leftSection={isOlder ? <IconArrowBackUp size={16} /> : <IconRosetteDiscountCheck size={16} />}
          onClick={open}
          loading={publish.isPending}
        >
          {isOlder ? `Roll back to version ${version}` : `Publish version ${version}`}
        </Button>
      )}
    >
      Every contact is scored by it first. Conditions that ask for this outcome use the new scores from then on. Other
      versions stay, and can be published again.
    </Confirm>
  );
}
