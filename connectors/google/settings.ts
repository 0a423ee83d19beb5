import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsNotEmpty, IsOptional, IsString, Matches, Max, Min, ValidateIf } from 'class-validator';
import { Label, Secret } from '../declared.ts';
import type { ConsentState } from '../destination.ts';
import { LONGEST_MEMBERSHIP } from './limits.ts';

/** Google shows account numbers as 123-456-7890 and takes them as 1234567890. */
const digits = ({ value }: { value: unknown }) =>
  typeof value === 'string' ? value.replaceAll('-', '').trim() : value;
const ACCOUNT = /^\d{10}$/;

/** `data-manager` needs no developer token; `google-ads` only works with tokens Google allow-listed for Customer Match. */
export type GoogleApi = 'data-manager' | 'google-ads';

/** What a connection to one Google Ads account needs. */
export class GoogleSettings {
  @Label('Google Ads account number that owns the lists, such as 123-456-7890')
  @Transform(digits)
  @Matches(ACCOUNT, { message: 'customerId must have 10 digits, such as 123-456-7890' })
  customerId!: string;

  @Label('Manager account number, when access is granted through a manager account')
  @IsOptional()
  @Transform(digits)
  @Matches(ACCOUNT, { message: 'loginCustomerId must have 10 digits, such as 123-456-7890' })
  loginCustomerId?: string;

  @Label('OAuth client id of your Google Cloud project')
  @IsString()
  @IsNotEmpty()
  clientId!: string;

  @Label('OAuth client secret')
  @Secret()
  @IsString()
  @IsNotEmpty()
  clientSecret!: string;

  @Label('OAuth refresh token of a person with access to the account')
  @Secret()
  @IsString()
  @IsNotEmpty()
  refreshToken!: string;

  @Label('API: data-manager, or google-ads for developer tokens that Google allow-listed')
  @IsIn(['data-manager', 'google-ads'])
  api: GoogleApi = 'data-manager';

  @Label('Developer token, only for the google-ads API')
  @Secret()
  @ValidateIf((settings: GoogleSettings) => settings.api === 'google-ads' || settings.developerToken !== undefined)
  @IsString()
  @IsNotEmpty({ message: 'developerToken is needed for the google-ads API' })
  developerToken?: string;
}

const CONSENT: ConsentState[] = ['granted', 'denied', 'unspecified'];

/** What a delivery to Google may choose. */
export class GoogleOptions {
  @Label('Days a member stays on the list without being sent again, 1 to 540')
  @IsInt()
  @Min(1)
  @Max(LONGEST_MEMBERSHIP)
  membershipDays: number = LONGEST_MEMBERSHIP;

  @Label('Id of a list that is there already, for a delivery that is not split')
  @IsOptional()
  @Matches(/^\d{1,20}$/, { message: 'listId must be digits' })
  listId?: string;

  @Label('Consent to send user data to Google for ads, where the contacts state none')
  @IsIn(CONSENT)
  adUserData: ConsentState = 'unspecified';

  @Label('Consent to ad personalization, where the contacts state none')
  @IsIn(CONSENT)
  adPersonalization: ConsentState = 'unspecified';
}
