import type { EncodedMember, MemberOutcome, Receipt } from '../destination.ts';
import type { GraphApi } from './graph-api.ts';
import { MULTIPLE, type Wire } from './schema.ts';
import type { UsersAnswer } from './upload.ts';
import { BATCH_ROWS } from './users-sender.ts';

/**
 * Takes people out of every customer list of the ad account, whoever made it. Meta may match a removal by all the keys
 * of its upload, so each row goes as it was sent, and every key that names a person also alone.
 */
export async function erase(api: GraphApi, members: EncodedMember[]): Promise<Receipt> {
  let invalid = 0;
  for (const { schema, data } of requestsFor(members)) {
    const answer = await api.call<UsersAnswer>('DELETE', [`act_${api.adAccountId}`, 'usersofanyaudience'], {
      payload: { schema, data },
    });
    invalid += Number(answer.num_invalid_entries ?? 0) || 0;
  }
  const contactIds = new Set(members.map(({ contactId }) => contactId));
  const outcomes = [...contactIds].map((contactId): MemberOutcome => ({ contactId, verdict: 'accepted' }));
  return { outcomes, unattributedRejects: invalid, warnings: api.versionWarning ? [api.versionWarning] : [] };
}

function requestsFor(members: EncodedMember[]): { schema: string[]; data: string[][] }[] {
  const bySchema = new Map<string, Map<string, string[]>>();
  const put = (schema: string[], row: string[]) => {
    const rows = bySchema.get(schema.join()) ?? new Map<string, string[]>();
    bySchema.set(schema.join(), rows.set(row.join(), row));
  };
  for (const { wire } of members) {
    const { schema, rows } = wire as Wire;
    for (const row of rows) {
      put(schema, row);
      for (const [column, key] of schema.entries()) if (MULTIPLE.has(key) && row[column]) put([key], [row[column]]);
    }
  }
  return [...bySchema].flatMap(([schema, rows]) => {
    const all = [...rows.values()];
    const chunks = Array.from({ length: Math.ceil(all.length / BATCH_ROWS) }, (_, n) =>
      all.slice(n * BATCH_ROWS, (n + 1) * BATCH_ROWS),
    );
    return chunks.map((data) => ({ schema: schema.split(','), data }));
  });
}
