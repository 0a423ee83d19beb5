import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import type { TraitType } from '../conditions/condition.ts';
import { formatDay } from '../conditions/dates.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';

/** A contact as people may see it without access to personal data. */
export interface MaskedContact {
  contactId: string;
  /** `A. L.` */
  initials: string;
  /** `a•••@e•••.com` */
  emails: string[];
  /** `•••42` */
  phones: string[];
  country: string;
  traits: Record<string, string | number | boolean>;
}

interface Row {
  contact_id: string;
  first_name: string;
  last_name: string;
  emails: string[];
  phones: string[];
  country: string;
  num: Record<string, number>;
  cat: Record<string, string>;
}

const COLUMNS = 'contact_id, first_name, last_name, emails, phones, country, num, cat';

/** Shows a few contacts with their identifiers masked. */
@Injectable()
export class Samples {
  constructor(private readonly warehouse: Warehouse) {}

  /** In the order of their ids; contacts that are gone are left out. */
  async of(account: AccountId, ids: string[], types: ReadonlyMap<string, TraitType>): Promise<MaskedContact[]> {
    if (ids.length === 0) return [];
    const rows = await this.warehouse.query<Row>(
      `SELECT ${COLUMNS} FROM contacts FINAL WHERE account_id = {account:String} AND contact_id IN {ids:Array(String)} AND deleted = 0 ORDER BY contact_id`,
      { account, ids },
    );
    return rows.map((row) => masked(row, types));
  }
}

function masked(row: Row, types: ReadonlyMap<string, TraitType>): MaskedContact {
  return {
    contactId: row.contact_id,
    initials: [row.first_name, row.last_name].filter(Boolean).map(initial).join(' '),
    emails: row.emails.map(maskEmail),
    phones: row.phones.map((phone) => `•••${phone.slice(-2)}`),
    country: row.country,
    traits: { ...row.cat, ...typedNumbers(row.num, types) },
  };
}

const initial = (name: string) => `${[...name][0]!.toUpperCase()}.`;

/** First letters and the ending survive: `a•••@e•••.com`. */
export function maskEmail(email: string): string {
  const [user = '', domain = ''] = email.split('@');
  const ending = domain.includes('.') ? domain.slice(domain.lastIndexOf('.')) : '';
  return `${[...user][0] ?? ''}•••@${[...domain][0] ?? ''}•••${ending}`;
}

/** Booleans and days are kept as numbers; shown as what they are. */
function typedNumbers(num: Record<string, number>, types: ReadonlyMap<string, TraitType>) {
  const show = (name: string, value: number) => {
    const type = types.get(name);
    if (type === 'boolean') return value !== 0;
    return type === 'date' ? formatDay(value) : value;
  };
  return Object.fromEntries(Object.entries(num).map(([name, value]) => [name, show(name, value)]));
}
