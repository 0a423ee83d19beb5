import { WITHHELD } from './verdicts.ts';

/** A time during which the ledger said one thing of a contact in one segment, from the first write to the last. */
export interface Stay {
  deliveryId: string;
  segment: string;
  state: string;
  runId: string;
  at: string;
  lastRunId: string;
  lastAt: string;
}

/** What a run's plan said of the contact, in one segment. */
export interface PlanLine {
  runId: string;
  segment: string;
  action: string;
  reason: string;
}

/** How a run came about. */
export interface RunNature {
  id: string;
  trigger: string;
  /** The delivery's mode then. */
  mode?: string;
}

/** Why a run refused the contact, or kept it back. */
export interface Refusal {
  verdict: 'invalid' | 'rejected' | 'withheld';
  runId: string;
  segment: string;
  code: string;
  text: string;
}

/** Why somebody is no longer in a list, or never was. */
export interface Reason {
  code: string;
  text: string;
  /** The segment they went to. */
  movedTo?: string;
}

/** One thing that the ledger says, or said, of a contact: since when, because of which run, and why. */
export interface Passage {
  deliveryId: string;
  segment: string;
  /** Of a contact that was not taken, its verdict: `invalid` or `rejected`. */
  state: string;
  runId: string;
  at: string;
  /** When that was over; null: it is so now. */
  until: string | null;
  /** The latest later run that sent the contact again, and when; null: none did. */
  renewedBy: string | null;
  renewedAt: string | null;
  reason: Reason | null;
}

export interface Records {
  runs: RunNature[];
  plans: PlanLine[];
  refusals: Refusal[];
}

const BELONGS: ReadonlySet<string> = new Set(['add', 'change', 'refresh', 'unchanged', 'refused']);
const REASONS = {
  left_audience: 'No longer in the audience.',
  moved: 'Moved to another segment.',
  replaced: 'What was sent had changed: the old form was taken out to send the new one.',
  kept_back: 'Consent or a suppression list keeps the person back.',
};
const because = (code: keyof typeof REASONS): Reason => ({ code, text: REASONS[code] });

/** The history of a contact from what the ledger said, both the newest first. Pure. */
export function historyOf(stays: Stay[], records: Records): Passage[] {
  const places = new Map<string, Stay[]>();
  for (const stay of stays.toReversed()) {
    const place = `${stay.deliveryId}/${stay.segment}`;
    places.set(place, [...(places.get(place) ?? []), stay]);
  }
  const all = [...places.values()].flatMap((own) => passages(own, records));
  return all.toReversed().toSorted((a, b) => (a.at === b.at ? 0 : a.at < b.at ? 1 : -1));
}

/** Of one segment, the oldest first. Who left for a moment only, so that a new form could come, has been there all along. */
function passages(stays: Stay[], records: Records): Passage[] {
  const kept: (Stay & { reason: Reason | null })[] = [];
  for (const stay of stays) {
    const before = kept.at(-2);
    if (stay.state === 'present' && before?.state === 'present' && kept.at(-1)?.reason?.code === 'replaced') {
      kept.pop();
      Object.assign(before, { lastRunId: stay.lastRunId, lastAt: stay.lastAt });
    } else kept.push({ ...stay, reason: reasonOf(stay, records) });
  }
  return kept.map(({ lastRunId, lastAt, ...stay }, i) => ({
    ...stay,
    state: shownState({ ...stay, lastRunId }, records),
    until: kept[i + 1]?.at ?? null,
    renewedBy: lastRunId === stay.runId ? null : lastRunId,
    renewedAt: lastRunId === stay.runId ? null : lastAt,
  }));
}

/** The ledger keeps no reason; the outcome of the run says whether we or the platform refused the contact. */
function shownState(
  { state, lastRunId, segment }: Pick<Stay, 'state' | 'lastRunId' | 'segment'>,
  { refusals }: Records,
) {
  if (state !== 'refused') return state;
  return refusals.find((each) => each.runId === lastRunId && each.segment === segment)?.verdict ?? 'rejected';
}

function reasonOf({ state, lastRunId: runId, segment }: Stay, { runs, plans, refusals }: Records): Reason | null {
  const refusal = refusals.find((each) => each.runId === runId && each.segment === segment);
  const refused = refusal ? { code: refusal.code, text: refusal.text } : null;
  if (state === 'refused') return refused;
  const isOutdated = plans.some(
    (line) => line.runId === runId && line.segment === segment && line.action === 'outdated',
  );
  if (state === 'failed' && isOutdated) return because('replaced');
  if (state !== 'removed') return null;
  const run = runs.find(({ id }) => id === runId);
  const plan = plans.filter((line) => line.runId === runId);
  const isPlanned = plan.some((line) => line.segment === segment && line.action === 'remove');
  return (isPlanned ? null : refused) ?? whyRemoved(segment, plan, run); // kept back since it was planned
}

/** By what the plan of the run that took somebody out says of them, here and in other segments. */
function whyRemoved(segment: string, plan: PlanLine[], run?: RunNature): Reason | null {
  const here = plan.filter((line) => line.segment === segment);
  const removal = here.find(({ action }) => action === 'remove');
  if (!removal) return here.some(({ action }) => action === 'change') ? because('replaced') : null;
  const code = removal.reason || plan.find(({ action }) => action === 'withheld')?.reason;
  if (code) return { code, text: WITHHELD[code] ?? '' };
  const now = plan.find((line) => line.segment !== segment && BELONGS.has(line.action));
  if (now) return { ...because('moved'), movedTo: now.segment };
  // nobody leaves these because they left the audience
  const keepsLeavers = run?.trigger === 'withdrawal' || run?.mode === 'add-only';
  return because(keepsLeavers ? 'kept_back' : 'left_audience');
}
