/**
 * Checks our match keys against what public implementations assert, where that collection lies beside the checkout.
 * The collection may not be redistributed, so nothing of it is kept here but the ids of rows we deviate from.
 *
 *   node test/cases/run-shared-cases.ts [folder, default ../shared/cases]
 *
 * Ends with 1 when a unanimous row fails, when another row fails that deviations.json does not name, when a named row
 * passes after all, or when fewer than 98 % of the valid phone numbers pass.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { facebookKeys } from '../../connectors/facebook/match-keys.ts';
import { googleKeys } from '../../connectors/google/match-keys.ts';
import type { PhoneValidation } from '../../src/identity/normaliser.ts';
import { matchKeys } from '../../src/identity/profile.ts';
import type { IdentityInput } from '../../src/identity/types.ts';

interface Case {
  id: string;
  /** What the report counts together. */
  group: string;
  platform: 'facebook' | 'google';
  key: string;
  input: string;
  wanted: string | null;
  mustPass: boolean;
  defaultCountry?: string;
  phoneValidation: PhoneValidation;
}

interface Row extends Record<string, unknown> {
  id: string;
  key: string;
  input: string;
}

const PHONES_THAT_MUST_PASS = 0.98;
const PROFILES = { facebook: facebookKeys, google: googleKeys };
/** How one input becomes the field of a contact that holds the key. */
const CONTACTS: Record<string, (input: string) => Partial<IdentityInput>> = {
  EMAIL: (input) => ({ emails: [input] }),
  PHONE: (input) => ({ phones: [input] }),
  FN: (input) => ({ firstName: input }),
  LN: (input) => ({ lastName: input }),
  FI: (input) => ({ firstName: input }),
  GEN: (input) => ({ gender: input }),
  DOBY: (input) => ({ birthDate: `${input}-01-01` }),
  DOBM: (input) => ({ birthDate: `2000-${input}-01` }),
  DOBD: (input) => ({ birthDate: `2000-01-${input}` }),
  CT: (input) => ({ city: input }),
  ST: (input) => ({ region: input }),
  ZIP: (input) => ({ postalCode: input }),
  COUNTRY: (input) => ({ country: input }),
  MADID: (input) => ({ mobileAdIds: [input] }),
  EXTERN_ID: (input) => ({ externalIds: [input] }),
};

const folder = process.argv[2] ?? fileURLToPath(new URL('../../../shared/cases', import.meta.url));
if (existsSync(join(folder, 'identity.jsonl'))) process.exitCode = run([...identityCases(), ...phoneCases()]) ? 0 : 1;
else console.log(`No shared cases at ${folder}: nothing was checked.`);

function run(cases: Case[]): boolean {
  const deviations = readDeviations();
  const counts: Record<string, { passed: number; deviating: number; failed: number; total: number }> = {};
  const faults: string[] = [];
  for (const row of cases) {
    const group = counts[row.group] ?? { passed: 0, deviating: 0, failed: 0, total: 0 };
    counts[row.group] = group;
    const passed = valueOfKey(row) === row.wanted;
    const deviates = !row.mustPass && deviations.has(row.id);
    group.total++;
    if (passed) group.passed++;
    else if (deviates) group.deviating++;
    else group.failed++;
    if (!passed && !deviates) faults.push(`${row.id} ${row.platform} ${row.key} fails (${row.group})`);
    if (passed && deviates) faults.push(`${row.id} passes, yet deviations.json names it`);
  }
  const phones = counts['phones, valid'];
  if (phones && phones.passed < PHONES_THAT_MUST_PASS * phones.total)
    faults.push('fewer than 98 % of valid phones pass');
  console.table(counts);
  for (const fault of faults) console.log(fault);
  return faults.length === 0;
}

function valueOfKey({ platform, key, input, defaultCountry, phoneValidation }: Case): string | null {
  const contact = { id: '1', ...CONTACTS[key]?.(input) };
  const options = { defaultCountry, phoneValidation, keys: [key], keepDigestOfEmpty: true };
  return matchKeys(PROFILES[platform], contact, options).find((result) => result.key === key)?.value ?? null;
}

/** Made-up phone numbers are checked at the level of the libraries that assert them, which look at digits only. */
function identityCases(): Case[] {
  return rowsOf('identity.jsonl').map((row) => ({
    id: row.id,
    group: `identity, ${row.consensus}${row.lib_valid === false ? ', made-up phones' : ''}`,
    platform: row.platform as Case['platform'],
    key: row.key,
    input: row.input,
    wanted: row.expect === 'drop' ? null : ((row.expect === 'plain' ? row.normalized : row.sha256) as string),
    mustPass: row.consensus === 'unanimous',
    phoneValidation: row.lib_valid === false ? 'digits' : 'valid',
  }));
}

/** Rows that libphonenumber itself calls invalid are left out unless they say that the number must be dropped. */
function phoneCases(): Case[] {
  return rowsOf('phones.jsonl')
    .filter((row) => row.kind === 'reject' || row.is_valid === true)
    .flatMap((row) =>
      (['facebook', 'google'] as const).map((platform) => ({
        id: row.id,
        group: row.kind === 'reject' ? 'phones, to be dropped' : 'phones, valid',
        platform,
        key: 'PHONE',
        input: row.input,
        wanted: row.kind === 'reject' ? null : (row[`${platform}_sha256`] as string),
        mustPass: false,
        defaultCountry: (row.default_region as string | null) ?? undefined,
        phoneValidation: 'valid' as const,
      })),
    );
}

function rowsOf(file: string): Row[] {
  const lines = readFileSync(join(folder, file), 'utf8').split('\n');
  return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as Row);
}

function readDeviations(): Set<string> {
  const list = JSON.parse(readFileSync(new URL('deviations.json', import.meta.url), 'utf8')) as { ids: string[] }[];
  return new Set(list.flatMap(({ ids }) => ids));
}
