import { Badge, Loader, type MantineColor, Tooltip } from '@mantine/core';
import type { ContactPlace } from '../api/types/contacts.ts';
import type { RunHead, Verdict } from '../api/types/deliveries.ts';

interface Look {
  label: string;
  color: MantineColor;
  /** What it means, in a sentence. */
  about?: string;
  busy?: boolean;
}

/** The six verdicts, everywhere in the same words and colours. */
export const VERDICTS: Record<Verdict, Look> = {
  ok: { label: 'OK', color: 'teal', about: 'Sent as it was.' },
  fixed: { label: 'Fixed', color: 'blue', about: 'Sent without the identifiers that cannot be used.' },
  invalid: { label: 'Invalid', color: 'orange', about: 'Not sent: it has no usable identifier.' },
  withheld: { label: 'Withheld', color: 'gray', about: 'Kept back by consent, suppression, or for want of a persona.' },
  rejected: { label: 'Rejected', color: 'red', about: 'The platform refused it.' },
  unattributed: {
    label: 'Unattributed',
    color: 'yellow',
    about: 'Not taken, or not known to have arrived: the platform did not say of whom.',
  },
};

/** States of resources, connections, uploads and runs. */
const STATES: Record<string, Look> = {
  new: { label: 'New', color: 'gray' },
  starting: { label: 'Starting', color: 'blue', busy: true },
  running: { label: 'Running', color: 'blue', busy: true },
  ready: { label: 'Ready', color: 'teal' },
  error: { label: 'Error', color: 'red' },

  draft: { label: 'Draft', color: 'yellow', about: 'Trained, not yet live.' },
  published: { label: 'Published', color: 'teal', about: 'Live: audiences are split by it.' },
  retired: { label: 'Retired', color: 'gray', about: 'Was live before.' },

  unchecked: { label: 'Not checked', color: 'gray', about: 'No check has been made yet.' },
  failing: { label: 'Failing', color: 'red', about: 'A prerequisite is not met.' },
  stopped: { label: 'Stopped', color: 'red', about: 'The platform refused the credentials. Renew them and check.' },

  queued: { label: 'Queued', color: 'gray', busy: true },
  planning: { label: 'Planning', color: 'blue', busy: true },
  held: { label: 'Held', color: 'orange', about: 'A guard stopped it: a person decides before anything is sent.' },
  paused: { label: 'Paused', color: 'yellow', about: 'Stopped by a person until it is resumed.' },
  sending: { label: 'Sending', color: 'blue', busy: true },
  confirming: { label: 'Confirming', color: 'indigo', busy: true, about: 'Accepted; the platform has yet to confirm.' },

  pending: { label: 'Waiting', color: 'gray' },
  accepted: { label: 'Accepted', color: 'indigo', about: 'The platform took it; not yet confirmed.' },
  confirmed: { label: 'Confirmed', color: 'teal', about: "Confirmed by the platform's own later answer." },
  partial: { label: 'Partly confirmed', color: 'yellow', about: 'The platform took some of it.' },
  'needs-person': { label: 'Needs a person', color: 'orange', about: 'Someone has to act at the platform.' },
  failed: { label: 'Failed', color: 'red' },
  done: { label: 'Done', color: 'teal' },
  cancelled: { label: 'Cancelled', color: 'gray', about: 'Stopped by a person; what was sent stays in the ledger.' },

  refused: {
    label: 'Rejected',
    color: 'gray',
    about: 'A person looked at the held run and rejected it: nothing was sent.',
  },
  expired: { label: 'Expired', color: 'gray', about: 'Nobody decided about the hold in time: nothing was sent.' },

  'confirmed-with-rejects': {
    label: 'Confirmed with rejects',
    color: 'yellow',
    about: 'Confirmed, but some were refused.',
  },
  unchanged: { label: 'Unchanged', color: 'gray', about: 'Nothing had changed, so nothing was sent.' },
  'partly-failed': { label: 'Partly failed', color: 'orange', about: 'Some segments arrived, others did not.' },
};

/** How a run is now, or what came of it. */
export const stateOf = ({ verdict, status, pausedAt }: Pick<RunHead, 'verdict' | 'status' | 'pausedAt'>): string =>
  verdict ?? (pausedAt && status !== 'held' ? 'paused' : status);

/** A state as a badge; hover tells what it means. */
export function State({ of: name, size = 'md' }: { of: string; size?: 'sm' | 'md' | 'lg' }) {
  return <Look look={STATES[name] ?? { label: name, color: 'gray' }} size={size} />;
}

/** What the ledger says of a contact at a destination. */
const PLACES: Record<ContactPlace['state'], Look> = {
  present: { label: 'There', color: 'teal' },
  removed: { label: 'Removed', color: 'gray' },
  invalid: { ...VERDICTS.invalid, about: 'Not sent: it has no usable identifier. It is tried again once it changes.' },
  rejected: { ...VERDICTS.rejected, about: 'The platform refused it. It is tried again once it changes.' },
  failed: { label: 'Failed', color: 'red', about: 'Sent, and not known to have arrived; the next run sends it again.' },
  erased: { label: 'Erased', color: 'gray' },
};

export function PlaceBadge({ of: state }: { of: ContactPlace['state'] }) {
  return <Look look={PLACES[state]} size="md" />;
}

export function VerdictBadge({ of: verdict }: { of: Verdict }) {
  return <Look look={VERDICTS[verdict]} size="md" />;
}

function Look({ look: { label, color, about, busy }, size }: { look: Look; size: 'sm' | 'md' | 'lg' }) {
  return (
    <Tooltip label={about} disabled={!about} withArrow>
      <Badge color={color} size={size} leftSection={busy ? <Loader size={10} color={color} /> : undefined}>
        {label}
      </Badge>
    </Tooltip>
  );
}

/** What a dry run or a plan intends, in the same words and colours everywhere. */
export const PLANNED = [
  { key: 'adds', label: 'Adds', color: 'teal' },
  { key: 'changes', label: 'Changes', color: 'blue' },
  { key: 'outdated', label: 'Outdated keys', color: 'red' },
  { key: 'removes', label: 'Removes', color: 'red' },
  { key: 'refreshes', label: 'Refreshes', color: 'indigo' },
  { key: 'unchanged', label: 'Unchanged', color: 'gray' },
  { key: 'refused', label: 'Refused before', color: 'orange' },
  { key: 'withheld', label: 'Withheld', color: 'gray' },
] as const;
