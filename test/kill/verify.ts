import { heldBy, wantedOf } from '../support/held.ts';
import type { Person, RunAnswer } from '../support/steps.ts';
import { DESTINATIONS, type DestinationType, KINDS, type Stage } from './stage.ts';

/** Everything that must be true of finished runs, whatever happened on the way. @returns what is not */
export async function problemsOf(
  stage: Stage,
  people: Person[],
  runs: Record<DestinationType, RunAnswer>,
  verdict: string,
): Promise<string[]> {
  const problems: string[] = stage.sandbox.violations.map(({ kind, where }) => `violation ${kind} at ${where}`);
  for (const type of DESTINATIONS) {
    const run = runs[type];
    if (run.verdict !== verdict) problems.push(`${type}: verdict ${run.verdict} (${run.reason})`);
    problems.push(...sumsOf(run).map((problem) => `${type}: ${problem}`));
    const { segments } = await stage.steps.ask<{ segments: { key: string; members: number }[] }>(
      'GET',
      `/v1/deliveries/${stage.deliveries[type]}`,
    );
    for (const kind of KINDS) {
      const { key, name } = stage.personas[kind];
      const wanted = wantedOf(people, kind);
      const held = heldBy(stage.sandbox, type, { deliveryId: stage.deliveries[type], key, name: `Everyone – ${name}` });
      const missing = [...wanted].filter((email) => !held.emails.has(email)).length;
      const extra = [...held.emails].filter((email) => !wanted.has(email)).length;
      const inLedger = segments.find((segment) => segment.key === key)?.members;
      if (missing + extra > 0) problems.push(`${type} ${kind}: ${missing} missing, ${extra} too many`);
      if (held.rows !== wanted.size) problems.push(`${type} ${kind}: ${held.rows} rows for ${wanted.size} people`);
      if (inLedger !== wanted.size) problems.push(`${type} ${kind}: ${inLedger} in the ledger for ${wanted.size}`);
    }
  }
  const made = [stage.sandbox.facebook.audiences().length, stage.sandbox.google.userLists().length];
  if (made.some((count) => count !== KINDS.length)) problems.push(`remote audiences made: ${made.join(' and ')}`);
  return problems;
}

/** Every contact that the plan named has exactly one verdict. */
function sumsOf(run: RunAnswer): string[] {
  return run.segments.flatMap(({ key, planned, counts, uploads }) => {
    const { ok, fixed, invalid, rejected, unattributed, withheld, removed } = counts;
    const isFile = uploads.some((upload) => upload.direction === 'add' && upload.sent > planned.adds + planned.changes);
    const sent = planned.adds + planned.changes + (isFile ? planned.unchanged : 0);
    const sum = ok + fixed + invalid + rejected + unattributed;
    return [
      ...(sum === sent ? [] : [`${key}: ${sum} verdicts for ${sent} planned`]),
      ...(withheld === planned.withheld ? [] : [`${key}: ${withheld} withheld of ${planned.withheld}`]),
      ...(isFile || uploads.every(({ direction }) => direction === 'add') || removed === planned.removes
        ? []
        : [`${key}: ${removed} removed of ${planned.removes}`]),
    ];
  });
}
