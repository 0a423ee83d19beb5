/** What people of these countries who said nothing are taken to have said. */
export interface ConsentGroup {
  name: string;
  /** ISO 3166-1 alpha-2 codes, or EEA. */
  countries: string[];
  unspecified: 'granted' | 'denied';
}

export interface SuppressionList {
  list: string;
  identifiers: number;
  updatedAt: string;
}

export interface SuppressionResult {
  list: string;
  identifiers: number;
  unusable: number;
}
