/** What the columns of the demo's files mean, as a user would post it with the file. */
const trait = (column: string, type: 'number' | 'category' | 'boolean' | 'date') => ({
  column,
  as: 'trait',
  trait: { type },
});

export const CONTACTS_MAPPING = {
  kind: 'contacts',
  key: { column: 'customer_id' },
  defaultCountry: 'US',
  columns: [
    { column: 'customer_id', as: 'externalId' },
    { column: 'email', as: 'email' },
    { column: 'second_email', as: 'email' },
    { column: 'phone', as: 'phone' },
    { column: 'first_name', as: 'firstName' },
    { column: 'last_name', as: 'lastName' },
    { column: 'birth_date', as: 'birthDate' },
    { column: 'street', as: 'street' },
    { column: 'city', as: 'city' },
    { column: 'state', as: 'region' },
    { column: 'postal_code', as: 'postalCode' },
    { column: 'country', as: 'country' },
    { column: 'marketing_consent', as: 'consent', consent: { confirmed: true } },
    trait('signup_date', 'date'),
    ...['female', 'senior_citizen', 'partner', 'dependents', 'phone_service', 'paperless_billing', 'churn'].map(
      (column) => trait(column, 'boolean'),
    ),
    ...['tenure', 'monthly_charges', 'total_charges'].map((column) => trait(column, 'number')),
    ...[
      'multiple_lines',
      'internet_service',
      'online_security',
      'online_backup',
      'device_protection',
      'tech_support',
      'streaming_tv',
      'streaming_movies',
      'contract',
      'payment_method',
    ].map((column) => trait(column, 'category')),
  ],
};

export const ORDERS_MAPPING = {
  kind: 'events',
  key: { column: 'customer_id' },
  columns: [{ column: 'customer_id', as: 'externalId' }],
  events: [
    { stream: 'order', time: 'ordered_at', value: 'amount', id: 'order_id', properties: { product: 'product' } },
  ],
};

/** What personas are made of: how people use the service, not whether they left it. */
export const PERSONA_TRAITS = [
  'tenure',
  'monthly_charges',
  'contract',
  'internet_service',
  'payment_method',
  'online_security',
  'tech_support',
  'streaming_tv',
  'streaming_movies',
  'multiple_lines',
  'partner',
  'dependents',
  'senior_citizen',
  'paperless_billing',
];
