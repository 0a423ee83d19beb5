import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';
import { Label, Secret } from '../declared.ts';

/** How to reach one ad account. */
export class FacebookSettings {
  @Label('Ad account id, with or without act_')
  @IsString()
  @Matches(/^(act_)?\d{1,20}$/, { message: 'adAccountId must be digits, with or without act_ in front' })
  adAccountId!: string;

  @Label('Access token of a system user with ads_management')
  @Secret()
  @IsString()
  @Matches(/^[\x21-\x7e]{1,1000}$/, { message: 'accessToken must be one word of plain characters' })
  accessToken!: string;

  @Label('App secret, when the app requires proof of it')
  @Secret()
  @IsOptional()
  @IsString()
  @Matches(/^[\x21-\x7e]{1,200}$/, { message: 'appSecret must be one word of plain characters' })
  appSecret?: string;
}

export const CUSTOMER_FILE_SOURCES = [
  'USER_PROVIDED_ONLY',
  'PARTNER_PROVIDED_ONLY',
  'BOTH_USER_AND_PARTNER_PROVIDED',
] as const;

/** 0.01 to 0.20 in steps of 0.01. */
const LOOKALIKE_RATIOS = Array.from({ length: 20 }, (_, n) => (n + 1) / 100);

/** What a delivery to Facebook can choose. */
export class FacebookOptions {
  @Label('Where the contacts came from, as Meta asks it')
  @IsOptional()
  @IsIn(CUSTOMER_FILE_SOURCES)
  customerFileSource?: (typeof CUSTOMER_FILE_SOURCES)[number] = 'USER_PROVIDED_ONLY';

  /** Days; Meta keeps members for ever when absent. */
  @Label('Days after which Meta forgets a member (1 to 180)')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(180)
  retentionDays?: number;

  @Label('Id of an audience that is there already, for a delivery that is not split')
  @IsOptional()
  @Matches(/^\d{1,20}$/, { message: 'audienceId must be digits' })
  audienceId?: string;

  @Label('Limited Data Use: Meta processes these people under its US state privacy terms')
  @IsOptional()
  @IsBoolean()
  limitedDataUse?: boolean;

  /** Meta's number: 1 is the United States. With no country Meta locates people itself. */
  @Label('Limited Data Use country, as Meta numbers it (1 for the United States)')
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1)
  limitedDataUseCountry?: number;

  /** Meta's number: 1000 is California. */
  @Label('Limited Data Use state, as Meta numbers it (1000 for California)')
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(9999)
  limitedDataUseState?: number;

  /** A trait, `outcome:<id>` (the probability by its live version) or `events:<stream>` (the sum of their values). */
  @Label('Value of a person, for value-based lookalikes: a trait, outcome: and its id, or events: and a stream')
  @IsOptional()
  @IsString()
  @Length(1, 200)
  valueAttribute?: string;

  /** ISO 3166-1 alpha-2. With it, each audience gets a lookalike as soon as it holds a hundred people. */
  @Label('Country of a lookalike audience for each persona, such as US')
  @IsOptional()
  @Matches(/^[A-Z]{2}$/, { message: 'lookalikeCountry must be two capital letters, such as US' })
  lookalikeCountry?: string;

  /** Share of the country's people: 0.01 is the most similar 1 %. 0.01 when absent. */
  @Label('Size of the lookalike, as a share of the country (0.01 to 0.20)')
  @IsOptional()
  @IsIn(LOOKALIKE_RATIOS, { message: 'lookalikeRatio must be 0.01 to 0.20 in steps of 0.01' })
  lookalikeRatio?: number;
}
