import { Inject, Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { AD_PURPOSES } from '../conditions/purposes.ts';
import { Clock } from '../engines/clock.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { type FieldProblem, Problem } from '../http/problem.ts';
import { countryCode } from '../identity/countries.ts';
import { type ConsentGroup, consentPolicies } from './privacy.tables.ts';

/** EU members with Iceland, Liechtenstein and Norway: https://www.efta.int/eea */
const EEA = 'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO'.split(' ');

const said = (state: string) => AD_PURPOSES.map((purpose) => `consent['${purpose}'] = '${state}'`).join(' OR ');

/** Who is delivered by any policy, although they did not say so: those whose country nobody told. */
const UNCOVERED = `
  SELECT count() AS contacts FROM contacts FINAL
  WHERE account_id = {account:String} AND deleted = 0 AND country = '' AND (${said('')}) AND NOT (${said('denied')})`;

export interface ConsentPolicyView {
  groups: ConsentGroup[];
  /** Contacts of unknown country who did not say: no group covers them, so they are delivered. */
  uncoveredContacts: number;
}

/** The default for people whose consent was never recorded. */
@Injectable()
export class ConsentPolicyService {
  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly warehouse: Warehouse,
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
  ) {}

  async get(account: AccountId): Promise<ConsentPolicyView> {
    const [groups, uncoveredContacts] = await Promise.all([this.groups(account), this.uncovered(account)]);
    return { groups, uncoveredContacts };
  }

  /** @throws Problem 422 with every country that is none. */
  async set(caller: Caller, given: ConsentGroup[]): Promise<ConsentPolicyView> {
    const groups = withCodes(given);
    const row = { accountId: caller.accountId, groups, updatedAt: this.clock.now() };
    await this.db
      .insert(consentPolicies)
      .values(row)
      .onConflictDoUpdate({ target: consentPolicies.accountId, set: row });
    await this.accounts.audit(caller, 'consent-policy.set', caller.accountId, { groups });
    return this.get(caller.accountId);
  }

  /** Countries whose people count as having denied what they did not say; the first group that names a country decides. */
  async deniedCountries(account: AccountId): Promise<string[]> {
    const decided = new Map<string, string>();
    for (const { countries, unspecified } of await this.groups(account)) {
      for (const country of countries.flatMap((code) => (code === 'EEA' ? EEA : [code]))) {
        if (!decided.has(country)) decided.set(country, unspecified);
      }
    }
    return [...decided].filter(([, state]) => state === 'denied').map(([country]) => country);
  }

  private async groups(account: AccountId): Promise<ConsentGroup[]> {
    const [row] = await this.db.select().from(consentPolicies).where(eq(consentPolicies.accountId, account));
    return row?.groups ?? [];
  }

  private async uncovered(account: AccountId): Promise<number> {
    const { contacts } = await this.warehouse.one<{ contacts: string }>(UNCOVERED, { account });
    return Number(contacts);
  }
}

/** The groups with each country in the form that contacts hold: one that matched nobody would silently keep nobody back. */
function withCodes(groups: ConsentGroup[]): ConsentGroup[] {
  const problems: FieldProblem[] = [];
  const coded = groups.map((group, i) => {
    const codes = group.countries.map((text, n) => {
      const code = text.trim().toUpperCase() === 'EEA' ? 'EEA' : countryCode(text);
      if (!code) problems.push(unknownCountry(`groups[${i}].countries[${n}]`, text));
      return code ?? text;
    });
    return { ...group, countries: [...new Set(codes)] };
  });
  if (problems.length > 0) throw Problem.invalidAll(problems);
  return coded;
}

function unknownCountry(path: string, text: string): FieldProblem {
  const hint = /^eu(rope(an union)?)?$/i.test(text.trim())
    ? 'Write EEA: the European Union with Iceland, Liechtenstein and Norway.'
    : 'Write an ISO 3166-1 alpha-2 code such as DE, or EEA.';
  return { path, code: 'unknown_country', message: `"${text}" is not a country. ${hint}` };
}
