import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Person, RunAnswer } from '../support/steps.ts';
import { DESTINATIONS, type DestinationType, KINDS, type Stage } from './stage.ts';

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');

interface Held {
  /** Rows there are, duplicates included. */
  rows: number;
  emails: Set<string>;
}

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
      const held = heldBy(stage.sandbox, type, key, `Everyone – ${name}`);
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

function wantedOf(people: Person[], kind: string): Set<string> {
  return new Set(people.filter((p) => p.plan === kind && p.consent !== 'denied').map((p) => sha256(p.email!)));
}

function heldBy(sandbox: Sandbox, type: DestinationType, key: string, name: string): Held {
  if (type === 'sftp') return newestFile(sandbox, key);
  const { facebook, google } = sandbox;
  const id = (type === 'facebook' ? facebook.audienceByName(name) : google.userListByName(name))?.id;
  if (!id) return { rows: 0, emails: new Set() };
  return type === 'facebook'
    ? { rows: facebook.members(id).size, emails: facebook.values(id, 'EMAIL') }
    : { rows: google.members(id).size, emails: google.values(id, 'EMAIL') };
}

/** The newest file of a segment whose manifest proves it. */
function newestFile({ sftp }: Sandbox, key: string): Held {
  const manifests = sftp
    .files()
    .filter((path) => path.endsWith('.manifest.json'))
    .map((path) => JSON.parse(sftp.text(path)) as Manifest)
    .filter((manifest) => manifest.segment.key === key)
    .sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  const [file] = manifests.at(-1)?.files ?? [];
  if (!file) return { rows: 0, emails: new Set() };
  const content = sftp.read(sftp.files().find((path) => path.endsWith(file.name))!);
  if (sha256(content) !== file.sha256) return { rows: -1, emails: new Set() };
  const rows = parse(content, { columns: true }) as { email: string }[];
  return { rows: rows.length, emails: new Set(rows.map(({ email }) => email)) };
}

interface Manifest {
  createdAt: string;
  segment: { key: string };
  files: { name: string; sha256: string }[];
}
