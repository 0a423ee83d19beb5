import { stringify } from 'csv-stringify/sync';

/**
 * Exports as the tools write them, with made-up people: header lines as the tools document them, 100 rows each.
 * https://help.shopify.com/en/manual/customers/import-export-customers
 * https://knowledge.hubspot.com/import-and-export/export-records
 * https://help.klaviyo.com/hc/en-us/articles/115005078927
 * https://mailchimp.com/help/view-export-contacts/
 */
export interface ToolExport {
  tool: string;
  fileName: string;
  text: string;
  /** What the file says, counted while it is written. */
  people: { email: string; phone: string; city: string; country: string; consent: 'granted' | 'denied' | 'unset' }[];
}

const PEOPLE = 100;
const CITIES = ['Boston', 'Denver', 'Austin', 'Chicago'] as const;
const STATES = ['MA', 'CO', 'TX', 'IL'] as const;
const ZIPS = ['02138', '80202', '73301', '60601'] as const;
const FIRST = ['Ada', 'Ben', 'Zoë', 'Dora', 'Emil'] as const;
const LAST = ['Berg', "O'Neill", 'Núñez', 'Garcia-Lopez'] as const;

const person = (i: number, tool: string) => ({
  email: `person${i}@${tool}.example.com`,
  first: FIRST[i % FIRST.length]!,
  last: LAST[i % LAST.length]!,
  phone: `+1650253${String(i).padStart(4, '0')}`,
  national: `(650) 253-${String(i).padStart(4, '0')}`,
  city: CITIES[i % 4]!,
  state: STATES[i % 4]!,
  zip: ZIPS[i % 4]!,
});

type Row = Record<string, string | number>;
type Consent = ToolExport['people'][number]['consent'];

function write(
  tool: string,
  fileName: string,
  columns: string[],
  row: (i: number) => { cells: Row; consent: Consent; country?: string },
): ToolExport {
  const written = Array.from({ length: PEOPLE }, (_, i) => ({ i, ...row(i) }));
  const records = written.map(({ cells }) => columns.map((column) => cells[column] ?? ''));
  const people = written.map(({ i, consent, country = 'US' }) => {
    const { email, phone, city } = person(i, tool);
    return { email, phone, city, country, consent };
  });
  return { tool, fileName, text: stringify([columns, ...records]), people };
}

/** Shopify marks ids, postal codes and phone numbers with an apostrophe, so that spreadsheets keep them as text. */
export const shopifyCustomers = (): ToolExport =>
  write(
    'shopify',
    'customers_export.csv',
    [
      'Customer ID',
      'First Name',
      'Last Name',
      'Email',
      'Accepts Email Marketing',
      'Default Address Company',
      'Default Address Address1',
      'Default Address Address2',
      'Default Address City',
      'Default Address Province Code',
      'Default Address Country Code',
      'Default Address Zip',
      'Default Address Phone',
      'Phone',
      'Accepts SMS Marketing',
      'Total Spent',
      'Total Orders',
      'Note',
      'Tax Exempt',
      'Tags',
    ],
    (i) => {
      const p = person(i, 'shopify');
      return {
        consent: i % 3 === 0 ? 'granted' : 'denied',
        cells: {
          'Customer ID': `'61012345${String(i).padStart(5, '0')}`,
          'First Name': p.first,
          'Last Name': p.last,
          Email: p.email,
          'Accepts Email Marketing': i % 3 === 0 ? 'yes' : 'no',
          'Default Address Address1': `${i + 1} Main St`,
          'Default Address City': p.city,
          'Default Address Province Code': p.state,
          'Default Address Country Code': 'US',
          'Default Address Zip': `'${p.zip}`,
          'Default Address Phone': `'${p.phone}`,
          Phone: `'${p.phone}`,
          'Accepts SMS Marketing': 'no',
          'Total Spent': (i * 9.08).toFixed(2),
          'Total Orders': i % 7,
          'Tax Exempt': 'no',
          Tags: i % 2 ? 'vip, newsletter' : '',
        },
      };
    },
  );

/** HubSpot names owner and creator by ids of its users, and says who opted out. */
export const hubspotContacts = (): ToolExport =>
  write(
    'hubspot',
    'hubspot-crm-exports-all-contacts.csv',
    [
      'Record ID',
      'First Name',
      'Last Name',
      'Email',
      'Phone Number',
      'Contact owner',
      'Created by user ID',
      'Associated Company IDs',
      'Lifecycle Stage',
      'Lead Status',
      'Street Address',
      'City',
      'State/Region',
      'Postal Code',
      'Country/Region',
      'Create Date',
      'Last Activity Date',
      'Number of Sessions',
      'Total Revenue',
      'Email Domain',
      'Unsubscribed from all email',
      'Marketing contact status',
    ],
    (i) => {
      const p = person(i, 'hubspot');
      const unsubscribed = i % 10 === 3 ? 'true' : i % 2 ? 'false' : '';
      return {
        consent: unsubscribed === 'true' ? 'denied' : 'unset',
        cells: {
          'Record ID': String(70_001 + i),
          'First Name': p.first,
          'Last Name': p.last,
          Email: p.email,
          'Phone Number': p.national,
          'Contact owner': i % 2 ? 'Grace Hopper' : 'Alan Kay',
          'Created by user ID': i % 2 ? '12345678' : '12345679',
          'Associated Company IDs': String(9_000 + (i % 5)),
          'Lifecycle Stage': i % 2 ? 'Customer' : 'Lead',
          'Lead Status': i % 3 ? 'Open' : 'New',
          'Street Address': `${i + 1} Main St`,
          City: p.city,
          'State/Region': p.state,
          'Postal Code': p.zip,
          'Country/Region': 'United States',
          'Create Date': `2025-0${1 + (i % 9)}-11 10:15`,
          'Last Activity Date': `2026-0${1 + (i % 9)}-02 08:00`,
          'Number of Sessions': i % 11,
          'Total Revenue': i % 4 ? (i * 20).toFixed(2) : '',
          'Email Domain': 'hubspot.example.com',
          'Unsubscribed from all email': unsubscribed,
          'Marketing contact status': 'Marketing contact',
        },
      };
    },
  );

/** Klaviyo writes the states of its own API, among them people who never subscribed. */
export const klaviyoProfiles = (): ToolExport =>
  write(
    'klaviyo',
    'Everyone.csv',
    [
      'Email',
      'Klaviyo ID',
      'First Name',
      'Last Name',
      'Organization',
      'Title',
      'Phone Number',
      'Address',
      'Address 2',
      'City',
      'State / Region',
      'Country',
      'Zip Code',
      'Latitude',
      'Longitude',
      'Source',
      'Email Marketing Consent',
      'Email Marketing Consent Timestamp',
      'SMS Consent',
      'SMS Consent Timestamp',
      'Last Active',
      'Profile Created On',
      'Total Customer Lifetime Value',
      'Expected Date Of Next Order',
    ],
    (i) => {
      const p = person(i, 'klaviyo');
      const state = (['SUBSCRIBED', 'NEVER_SUBSCRIBED', 'UNSUBSCRIBED', 'SUBSCRIBED'] as const)[i % 4]!;
      return {
        consent: state === 'SUBSCRIBED' ? 'granted' : state === 'UNSUBSCRIBED' ? 'denied' : 'unset',
        country: 'US',
        cells: {
          Email: p.email,
          'Klaviyo ID': `01J${String(i).padStart(7, '0')}XYZ`,
          'First Name': p.first,
          'Last Name': p.last,
          'Phone Number': p.phone,
          Address: `${i + 1} Main St`,
          City: p.city,
          'State / Region': p.state,
          Country: 'United States',
          'Zip Code': p.zip,
          Latitude: '42.36',
          Longitude: '-71.06',
          Source: i % 2 ? 'Shopify' : 'Form',
          'Email Marketing Consent': state,
          'Email Marketing Consent Timestamp': state === 'NEVER_SUBSCRIBED' ? '' : '2026-01-02 03:04:05+00:00',
          'Last Active': '2026-10-01 00:00:00+00:00',
          'Profile Created On': '2025-02-03 04:05:06+00:00',
          'Total Customer Lifetime Value': (i * 3.5).toFixed(2),
        },
      };
    },
  );

/** Mailchimp keeps the address in one cell, its parts two blanks apart, and birthdays without a year. */
export const mailchimpAudience = (): ToolExport =>
  write(
    'mailchimp',
    'subscribed_members_export.csv',
    [
      'Email Address',
      'First Name',
      'Last Name',
      'Address',
      'Phone Number',
      'Birthday',
      'MEMBER_RATING',
      'OPTIN_TIME',
      'OPTIN_IP',
      'CONFIRM_TIME',
      'CONFIRM_IP',
      'LATITUDE',
      'LONGITUDE',
      'GMTOFF',
      'DSTOFF',
      'TIMEZONE',
      'CC',
      'REGION',
      'LAST_CHANGED',
      'LEID',
      'EUID',
      'NOTES',
      'TAGS',
    ],
    (i) => {
      const p = person(i, 'mailchimp');
      return {
        consent: 'unset',
        cells: {
          'Email Address': p.email,
          'First Name': p.first,
          'Last Name': p.last,
          Address: `${i + 1} Main St  ${p.city}  ${p.state}  ${p.zip}  US`,
          'Phone Number': p.national,
          Birthday: i % 2 ? `02/0${String((i % 9) + 1)}` : '',
          MEMBER_RATING: 1 + (i % 5),
          CONFIRM_TIME: '2025-01-12 09:14:11',
          LATITUDE: '42.3600000',
          LONGITUDE: '-71.0600000',
          GMTOFF: '-5',
          DSTOFF: '-4',
          TIMEZONE: 'America/New_York',
          CC: 'US',
          REGION: p.state,
          LAST_CHANGED: '2026-02-03 04:05:06',
          LEID: String(90_400_000 + i),
          EUID: `ab${String(i).padStart(8, '0')}`,
          TAGS: '"vip"',
        },
      };
    },
  );
