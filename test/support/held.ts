import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Person } from './steps.ts';

export type DestinationType = 'facebook' | 'google' | 'sftp';

export const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');

/** Where a persona's members are at a destination. */
export interface Place {
  deliveryId: string;
  /** The persona's key. */
  key: string;
  /** Remote name of the persona's audience. */
  name: string;
}

/** What a platform holds of a segment. */
export interface Held {
  /** Rows there are, duplicates included; -1 where the file is not what its manifest says. */
  rows: number;
  /** Digests of e-mail addresses. */
  emails: Set<string>;
}

interface Manifest {
  createdAt: string;
  delivery: { id: string };
  segment: { key: string };
  files: { name: string; sha256: string }[];
}

/** Members that a destination holds of a segment now; for files, those in the newest one that its manifest proves. */
export function heldBy(sandbox: Sandbox, type: DestinationType, place: Place): Held {
  if (type === 'sftp') return newestFile(sandbox, place);
  const { facebook, google } = sandbox;
  const list = type === 'facebook' ? facebook.audienceByName(place.name) : google.userListByName(place.name);
  if (!list) return { rows: 0, emails: new Set() };
  const holder = type === 'facebook' ? facebook : google;
  return { rows: holder.members(list.id).size, emails: holder.values(list.id, 'EMAIL') };
}

function newestFile({ sftp }: Sandbox, { deliveryId, key }: Place): Held {
  const files = sftp.files();
  const manifests = files
    .filter((path) => path.endsWith('.manifest.json'))
    .map((path) => JSON.parse(sftp.text(path)) as Manifest)
    .filter(({ delivery, segment }) => delivery.id === deliveryId && segment.key === key)
    .sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  const file = manifests.at(-1)?.files[0];
  if (!file) return { rows: 0, emails: new Set() };
  const content = sftp.read(files.find((path) => path.endsWith(file.name))!);
  if (sha256(content) !== file.sha256) return { rows: -1, emails: new Set() };
  const rows = parse(content, { columns: true }) as { email: string }[];
  return { rows: rows.length, emails: new Set(rows.map(({ email }) => email)) };
}

/** Digests of the e-mail addresses of everyone on a plan who did not deny consent. */
export function wantedOf(people: Person[], plan: string): Set<string> {
  return new Set(people.filter((p) => p.plan === plan && p.consent !== 'denied').map((p) => sha256(p.email!)));
}
