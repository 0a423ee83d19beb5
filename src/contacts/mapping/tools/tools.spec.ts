import { checkMapping } from '../check.ts';
import type { ColumnRole, Mapping } from '../mapping.ts';
import { type DetectedColumn, suggestMapping } from '../suggest.ts';
import { TOOLS, toolOf } from './index.ts';

/** Cells by the words of the header, so that each column looks like what it is; others stay empty. */
const CELLS: [RegExp, (row: number) => string][] = [
  [/(label|type|unsub_reason|status|stage|source|rating|optin|confirm_time|url|ip\b|_ip$)/i, () => ''],
  [/(e-?mail|correo)(?!.*(consent|opt|suppress|market|domain|black))/i, (row) => `p${row}@example.com`],
  [/(phone|mobil|sms$|whatsapp$)/i, (row) => `+1650253${1000 + row}`],
  [/(country|^cc$)/i, () => 'US'],
  [/(province|state|region|^st$)/i, () => 'MA'],
  [/(zip|post)/i, () => '02138'],
  [/(city|^ct$)/i, () => 'Boston'],
  [/(formatted)/i, (row) => `${row} Main St, Boston, MA 02138, US`],
  [/(street|address|line ?1|line1)/i, (row) => `${row} Main St`],
  [/(birth|^dob)/i, () => '1984-03-05'],
  [/(gender|^gen$)/i, () => 'f'],
  [/(created|create date|date|paid at|fulfilled|time|since|active|modstamp)/i, (row) => `2026-05-${10 + row} 10:00:00`],
  [/(owner|created by|modified by|createdby|modifiedby).*id|accountid|account id|ownerid/i, (row) => `00550${row % 2}`],
  [/(^id$|\bid$|^euid$|^leid$|^uid$|order (number|#)|order_number)/i, (row) => `${7000 + row}`],
  [/(total|amount|price|cost|spend|spent|subtotal|value)/i, (row) => `${row}.50`],
  [/(currency)/i, () => 'USD'],
  [/(quantity|orders|count)/i, () => '1'],
  [/(vor|first|given|fname|^fn$|prenom)/i, (row) => ['Ann', 'Bob', 'Carl', 'Dora', 'Eve'][row]!],
  [/(last|family|lname|^ln$|^nom$)/i, (row) => ['Berg', 'Koch', 'Lang', 'Vogt', 'Wolf'][row]!],
  [/(card name|billing name|shipping name|^name$|contact name|file as)/i, (row) => `Ann Berg${row}`],
];

const suggest = (header: string) => {
  const columns = header.split(',');
  const cells = (name: string, row: number) => CELLS.find(([words]) => words.test(name))?.[1](row) ?? '';
  const sample = Array.from({ length: 5 }, (_, row) => ({
    line: row + 2,
    cells: columns.map((name) => cells(name, row)),
  }));
  const format = { format: 'csv' as const, encoding: 'utf-8', columns, notices: [] };
  const found = suggestMapping({ format, sample });
  expect(found.mapping && checkMapping(found.mapping, format)).toEqual([]);
  return found;
};

/** The columns of each role, but for traits and what is left out. */
function rolesOf(columns: DetectedColumn[]): Partial<Record<ColumnRole, string[]>> {
  const roles: Partial<Record<ColumnRole, string[]>> = {};
  for (const { suggestion } of columns)
    if (suggestion.as !== 'trait' && suggestion.as !== 'ignore' && suggestion.as !== 'consent')
      roles[suggestion.as] = [...(roles[suggestion.as] ?? []), suggestion.column];
  return roles;
}

interface Export {
  tool: string | undefined;
  header: string;
  roles: Partial<Record<ColumnRole, string[]>>;
  mapping: Partial<Mapping>;
  namespace?: string;
}

const EXPORTS: Export[] = [
  {
    tool: 'Shopify customers',
    header:
      'Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags',
    roles: {
      externalId: ['Customer ID'],
      firstName: ['First Name'],
      lastName: ['Last Name'],
      email: ['Email'],
      phone: ['Default Address Phone', 'Phone'],
      street: ['Default Address Address1', 'Default Address Address2'],
      city: ['Default Address City'],
      region: ['Default Address Province Code'],
      country: ['Default Address Country Code'],
      postalCode: ['Default Address Zip'],
    },
    mapping: { kind: 'contacts', key: { column: 'Customer ID' }, fallbackKeys: [{ column: 'Email' }] },
    namespace: 'shopify',
  },
  {
    tool: 'Shopify customers',
    header:
      'First Name,Last Name,Email,Company,Address1,Address2,City,Province,Province Code,Country,Country Code,Zip,Phone,Accepts Marketing,Total Spent,Total Orders,Tags,Note,Tax Exempt',
    roles: {
      firstName: ['First Name'],
      lastName: ['Last Name'],
      email: ['Email'],
      street: ['Address1', 'Address2'],
      city: ['City'],
      region: ['Province'],
      country: ['Country'],
      postalCode: ['Zip'],
      phone: ['Phone'],
    },
    mapping: { kind: 'contacts', key: { column: 'Email' } },
  },
  {
    tool: 'Shopify orders',
    header:
      'Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,Cancelled at,Payment Method,Refunded Amount,Vendor,Id,Tags,Risk Level,Source',
    roles: {
      email: ['Email'],
      fullName: ['Billing Name'],
      street: ['Billing Street'],
      city: ['Billing City'],
      postalCode: ['Billing Zip'],
      region: ['Billing Province'],
      country: ['Billing Country'],
      phone: ['Billing Phone'],
    },
    mapping: {
      kind: 'contacts',
      key: { column: 'Email' },
      events: [
        expect.objectContaining({
          stream: 'order',
          id: 'Name',
          time: 'Created at',
          value: 'Total',
          order: {
            currency: 'Currency',
            status: 'Financial Status',
            cancelledAt: 'Cancelled at',
            refunded: 'Refunded Amount',
            test: 'Payment Method',
            items: {
              name: 'Lineitem name',
              sku: 'Lineitem sku',
              quantity: 'Lineitem quantity',
              price: 'Lineitem price',
            },
          },
        }),
      ],
    },
  },
  {
    tool: 'WooCommerce orders',
    header:
      'Order Number,Order Status,Order Date,Customer Note,First Name (Billing),Last Name (Billing),Company (Billing),Address 1&2 (Billing),City (Billing),State Code (Billing),Postcode (Billing),Country Code (Billing),Email (Billing),Phone (Billing),First Name (Shipping),Last Name (Shipping),Address 1&2 (Shipping),City (Shipping),Postcode (Shipping),Payment Method Title,Order Subtotal Amount,Order Refund Amount,Order Total Amount,SKU,Item #,Item Name,Quantity (- Refund),Item Cost',
    roles: {
      firstName: ['First Name (Billing)'],
      lastName: ['Last Name (Billing)'],
      street: ['Address 1&2 (Billing)'],
      city: ['City (Billing)'],
      region: ['State Code (Billing)'],
      postalCode: ['Postcode (Billing)'],
      country: ['Country Code (Billing)'],
      email: ['Email (Billing)'],
      phone: ['Phone (Billing)'],
    },
    mapping: {
      kind: 'contacts',
      key: { column: 'Email (Billing)' },
      events: [
        expect.objectContaining({
          id: 'Order Number',
          time: 'Order Date',
          value: 'Order Total Amount',
          order: expect.objectContaining({ status: 'Order Status', refunded: 'Order Refund Amount' }),
        }),
      ],
    },
  },
  {
    tool: 'WooCommerce customers',
    header: 'Name,Username,Last Active,Sign Up,Email,Orders,Total Spend,AOV,Country / Region,City,Region,Postal Code',
    roles: {
      fullName: ['Name'],
      email: ['Email'],
      country: ['Country / Region'],
      city: ['City'],
      region: ['Region'],
      postalCode: ['Postal Code'],
    },
    mapping: { kind: 'contacts', key: { column: 'Email' } },
  },
  {
    tool: 'HubSpot contacts',
    header:
      'Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Created by user ID,Lifecycle Stage,Lead Status,Marketing contact status,Create Date,Street Address,City,State/Region,Postal Code,Country/Region,Date of birth,Unsubscribed from all email,Total Revenue,Associated Company IDs',
    roles: {
      externalId: ['Record ID'],
      firstName: ['First Name'],
      lastName: ['Last Name'],
      email: ['Email'],
      phone: ['Phone Number'],
      street: ['Street Address'],
      city: ['City'],
      region: ['State/Region'],
      postalCode: ['Postal Code'],
      country: ['Country/Region'],
      birthDate: ['Date of birth'],
    },
    mapping: { kind: 'contacts', key: { column: 'Record ID' }, fallbackKeys: [{ column: 'Email' }] },
    namespace: 'hubspot',
  },
  {
    tool: 'Klaviyo profiles',
    header:
      'Email,Klaviyo ID,First Name,Last Name,Organization,Title,Phone Number,Address,Address 2,City,State / Region,Country,Zip Code,Latitude,Longitude,Source,IP Address,Email Marketing Consent,Email Suppressions,SMS Marketing Consent,First Active,Last Active,Profile Created On,Date Added',
    roles: {
      email: ['Email'],
      externalId: ['Klaviyo ID'],
      firstName: ['First Name'],
      lastName: ['Last Name'],
      phone: ['Phone Number'],
      street: ['Address', 'Address 2'],
      city: ['City'],
      region: ['State / Region'],
      country: ['Country'],
      postalCode: ['Zip Code'],
    },
    mapping: { kind: 'contacts', key: { column: 'Klaviyo ID' }, fallbackKeys: [{ column: 'Email' }] },
    namespace: 'klaviyo',
  },
  {
    tool: 'Mailchimp audience',
    header:
      'Email Address,First Name,Last Name,Phone Number,Birthday,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS',
    roles: {
      email: ['Email Address'],
      firstName: ['First Name'],
      lastName: ['Last Name'],
      phone: ['Phone Number'],
      birthDate: ['Birthday'],
      country: ['CC'],
      region: ['REGION'],
      externalId: ['EUID'],
    },
    mapping: { kind: 'contacts', key: { column: 'EUID' }, fallbackKeys: [{ column: 'Email Address' }] },
    namespace: 'mailchimp',
  },
  {
    tool: 'Mailchimp audience',
    header:
      'Emailadresse,Vorname,Nachname,Telefonnummer,Geburtstag,MEMBER_RATING,OPTIN_TIME,CC,REGION,LEID,EUID,NOTES,TAGS',
    roles: {
      email: ['Emailadresse'],
      firstName: ['Vorname'],
      lastName: ['Nachname'],
      phone: ['Telefonnummer'],
      birthDate: ['Geburtstag'],
      country: ['CC'],
      region: ['REGION'],
      externalId: ['EUID'],
    },
    mapping: { key: { column: 'EUID' } },
  },
  {
    tool: 'Mailchimp audience',
    header: 'EMAIL,FNAME,LNAME,ADDRESS,PHONE,BIRTHDAY,MEMBER_RATING,EUID',
    roles: {
      email: ['EMAIL'],
      firstName: ['FNAME'],
      lastName: ['LNAME'],
      street: ['ADDRESS'],
      phone: ['PHONE'],
      birthDate: ['BIRTHDAY'],
      externalId: ['EUID'],
    },
    mapping: { key: { column: 'EUID' } },
  },
  {
    tool: 'Salesforce report',
    header:
      'Contact ID,Salutation,First Name,Last Name,Title,Account Name,Mailing Street,Mailing City,Mailing State/Province,Mailing Zip/Postal Code,Mailing Country,Other City,Phone,Mobile,Email,Account Owner,Account ID,Email Opt Out,Birthdate,Created Date',
    roles: {
      externalId: ['Contact ID'],
      firstName: ['First Name'],
      lastName: ['Last Name'],
      street: ['Mailing Street'],
      city: ['Mailing City'],
      region: ['Mailing State/Province'],
      postalCode: ['Mailing Zip/Postal Code'],
      country: ['Mailing Country'],
      phone: ['Phone', 'Mobile'],
      email: ['Email'],
      birthDate: ['Birthdate'],
    },
    mapping: { key: { column: 'Contact ID' }, fallbackKeys: [{ column: 'Email' }] },
    namespace: 'salesforce',
  },
  {
    tool: 'Salesforce objects',
    header:
      'Id,IsDeleted,AccountId,LastName,FirstName,MailingStreet,MailingCity,MailingState,MailingPostalCode,MailingCountry,Phone,MobilePhone,Email,HasOptedOutOfEmail,Birthdate,CreatedDate,CreatedById,OwnerId,SystemModstamp',
    roles: {
      externalId: ['Id'],
      firstName: ['FirstName'],
      lastName: ['LastName'],
      street: ['MailingStreet'],
      city: ['MailingCity'],
      region: ['MailingState'],
      postalCode: ['MailingPostalCode'],
      country: ['MailingCountry'],
      phone: ['Phone', 'MobilePhone'],
      email: ['Email'],
      birthDate: ['Birthdate'],
    },
    mapping: { key: { column: 'Id' } },
    namespace: 'salesforce',
  },
  {
    tool: 'Zoho CRM',
    header:
      'Record Id,Contact Owner.id,Contact Owner,Lead Source,First Name,Last Name,Account Name.id,Account Name,Email,Secondary Email,Phone,Mobile,Date of Birth,Created By.id,Modified By.id,Created Time,Modified Time,Contact Name,Mailing Street,Mailing City,Mailing State,Mailing Zip,Mailing Country,Email Opt Out',
    roles: {
      externalId: ['Record Id'],
      firstName: ['First Name'],
      lastName: ['Last Name'],
      email: ['Email', 'Secondary Email'],
      phone: ['Phone', 'Mobile'],
      birthDate: ['Date of Birth'],
      street: ['Mailing Street'],
      city: ['Mailing City'],
      region: ['Mailing State'],
      postalCode: ['Mailing Zip'],
      country: ['Mailing Country'],
    },
    mapping: { key: { column: 'Record Id' }, fallbackKeys: [{ field: 'email' }] },
    namespace: 'zoho',
  },
  {
    tool: 'Brevo contacts',
    header: 'CONTACT ID,EMAIL,FIRSTNAME,LASTNAME,SMS,EXT_ID,EMAIL_BLACKLISTED,SMS_BLACKLISTED,ADDED_TIME,MODIFIED_TIME',
    roles: {
      externalId: ['CONTACT ID', 'EXT_ID'],
      email: ['EMAIL'],
      firstName: ['FIRSTNAME'],
      lastName: ['LASTNAME'],
      phone: ['SMS'],
    },
    mapping: { key: { column: 'CONTACT ID' } },
    namespace: 'brevo',
  },
  {
    tool: 'Brevo contacts',
    header: 'CONTACT ID,EMAIL,NOM,PRENOM,SMS,ADDED_TIME,MODIFIED_TIME',
    roles: {
      externalId: ['CONTACT ID'],
      email: ['EMAIL'],
      firstName: ['PRENOM'],
      lastName: ['NOM'],
      phone: ['SMS'],
    },
    mapping: { key: { column: 'CONTACT ID' } },
  },
  {
    tool: 'Stripe customers',
    header:
      'id,Description,Email,Name,Created (UTC),Delinquent,Plan,Status,Card ID,Card Brand,Total Spend,Payment Count,Refunded Volume,Dispute Losses',
    roles: { externalId: ['id'], email: ['Email'], fullName: ['Name'] },
    mapping: { kind: 'contacts', key: { column: 'id' }, fallbackKeys: [{ column: 'Email' }] },
    namespace: 'stripe',
  },
  {
    tool: 'Stripe payments',
    header:
      'id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Converted Amount,Converted Amount Refunded,Converted Currency,Decline Reason,Description,Fee,Refunded date (UTC),Mode,Statement Descriptor,Status,Seller Message,Taxes On Fee,Card ID,Customer ID,Customer Description,Customer Email,Invoice ID,Transfer',
    roles: { externalId: ['Customer ID'], email: ['Customer Email'] },
    mapping: {
      kind: 'events',
      key: { column: 'Customer ID' },
      fallbackKeys: [{ column: 'Customer Email' }],
      events: [
        expect.objectContaining({
          id: 'id',
          time: 'Created date (UTC)',
          value: 'Amount',
          order: { currency: 'Currency', status: 'Status', refunded: 'Amount Refunded', test: 'Mode' },
        }),
      ],
    },
    namespace: 'stripe',
  },
  {
    tool: 'Google Contacts',
    header:
      'First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Middle Name,Phonetic Last Name,Name Prefix,Name Suffix,Nickname,File As,Organization Name,Organization Title,Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Address 1 - Label,Address 1 - Formatted,Address 1 - Street,Address 1 - City,Address 1 - PO Box,Address 1 - Region,Address 1 - Postal Code,Address 1 - Country',
    roles: {
      firstName: ['First Name'],
      lastName: ['Last Name'],
      birthDate: ['Birthday'],
      email: ['E-mail 1 - Value', 'E-mail 2 - Value'],
      phone: ['Phone 1 - Value'],
      street: ['Address 1 - Street'],
      city: ['Address 1 - City'],
      region: ['Address 1 - Region'],
      postalCode: ['Address 1 - Postal Code'],
      country: ['Address 1 - Country'],
    },
    mapping: { key: { field: 'email' }, separator: ':::' },
  },
  {
    tool: 'Google Contacts',
    header:
      'Name,Given Name,Additional Name,Family Name,Yomi Name,Given Name Yomi,Additional Name Yomi,Family Name Yomi,Name Prefix,Name Suffix,Initials,Nickname,Birthday,Gender,Location,Notes,Language,Photo,Group Membership,E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value',
    roles: {
      firstName: ['Given Name'],
      lastName: ['Family Name'],
      birthDate: ['Birthday'],
      gender: ['Gender'],
      email: ['E-mail 1 - Value'],
      phone: ['Phone 1 - Value'],
    },
    mapping: { key: { column: 'E-mail 1 - Value' } },
  },
  {
    tool: "Meta's customer list",
    header: 'email,email_2,phone,madid,fn,ln,zip,ct,st,country,dob,doby,gen,age,uid,value',
    roles: {
      email: ['email', 'email_2'],
      phone: ['phone'],
      mobileAdId: ['madid'],
      firstName: ['fn'],
      lastName: ['ln'],
      postalCode: ['zip'],
      city: ['ct'],
      region: ['st'],
      country: ['country'],
      birthDate: ['dob'],
      gender: ['gen'],
      externalId: ['uid'],
    },
    mapping: { key: { column: 'uid' }, fallbackKeys: [{ field: 'email' }] },
  },
  {
    tool: undefined,
    header: 'Email,Email_2,Phone,Phone_2,First Name,Last Name,Country,Zip',
    roles: {
      email: ['Email', 'Email_2'],
      phone: ['Phone', 'Phone_2'],
      firstName: ['First Name'],
      lastName: ['Last Name'],
      country: ['Country'],
      postalCode: ['Zip'],
    },
    mapping: { key: { field: 'email' } },
  },
];

describe('an export', () => {
  it.each(EXPORTS.map((each) => [each.tool ?? "of Google's customer list", each] as const))(
    'of %s is known, and its columns have their roles',
    (_, { tool, header, roles, mapping, namespace }) => {
      expect(toolOf(header.split(','))?.title).toBe(tool);
      const found = suggest(header);
      expect(rolesOf(found.columns)).toEqual(roles);
      expect(found.mapping).toMatchObject(mapping);
      if (!mapping.events) expect(found.mapping?.events).toBeUndefined();
      const id = found.mapping?.columns.find(({ as }) => as === 'externalId');
      if (namespace) expect(id?.namespace).toBe(namespace);
    },
  );

  it('with generic column names belongs to no tool', () => {
    for (const header of [
      'Email,First Name,Last Name,Phone,City,Country',
      'Record ID,Email',
      'Customer ID,Email,Total Spent',
    ])
      expect(toolOf(header.split(','))).toBeUndefined();
  });

  it("suggests Klaviyo's own columns as consent, and not a property that a shop wrote", () => {
    const columns = ['Email', 'Klaviyo ID', 'Email Marketing Consent', 'Accepts Marketing'];
    const sample = [
      { line: 2, cells: ['a@example.com', 'K1', 'SUBSCRIBED', 'False'] },
      { line: 3, cells: ['b@example.com', 'K2', 'NEVER_SUBSCRIBED', 'True'] },
      { line: 4, cells: ['c@example.com', 'K3', 'UNSUBSCRIBED', 'True'] },
    ];
    const found = suggestMapping({ format: { format: 'csv', encoding: 'utf-8', columns, notices: [] }, sample });
    expect(found.columns.filter(({ suggestion }) => suggestion.as === 'consent').map(({ name }) => name)).toEqual([
      'Email Marketing Consent',
    ]);
  });

  it('keeps columns that the tool does not write and reads them by their words', () => {
    const { columns } = suggest('Email,Klaviyo ID,Kundennummer,Vorname,Lieblingsfarbe');
    expect(columns.map(({ suggestion }) => suggestion.as)).toEqual([
      'email',
      'externalId',
      'externalId',
      'firstName',
      'ignore',
    ]);
    expect(columns[2]?.suggestion.namespace).toBe('customer');
  });
});

describe('the tables of tools', () => {
  it.each(TOOLS.map((tool) => [tool.title, tool] as const))('of %s recognise its exports and no other', (_, tool) => {
    const marks = tool.sure?.slice(0, 1) ?? tool.marks!;
    expect(toolOf([...marks])).toBe(tool);
    expect(tool.slug).toMatch(/^[a-z][a-z0-9_-]{0,39}$/);
  });
});
