import 'reflect-metadata';
import { plainToInstance, Transform } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  Min,
  validateSync,
} from 'class-validator';
import { CLIENT_VARIABLES } from './client.ts';
import { describeSetting, settingDescriptions } from './describe.ts';

const URL_OPTIONS = { require_tld: false, require_protocol: true };
const bool = ({ value }: { value: unknown }) =>
  value === 'true' || value === '1' ? true : value === 'false' || value === '0' ? false : value;
const int = ({ value }: { value: unknown }) => (typeof value === 'string' && value !== '' ? Number(value) : value);
const list = ({ value }: { value: unknown }) =>
  typeof value === 'string'
    ? value
        .split(',')
        .map((item) => item.trim())
        .filter(Boolean)
    : value;

/** Which half of the service this process runs. `api` and `worker` apart need all three served engines. */
export type Role = 'all' | 'api' | 'worker';

/**
 * Everything that can be set from outside, one variable a field. This class is the only reader of the environment;
 * the table in docs/operations.md is printed from it (`reach settings`).
 */
export class Settings {
  @describeSetting('HTTP port of the API and the console; of health and metrics where the role is worker.')
  @Transform(int)
  @IsInt()
  @Min(0)
  @Max(65535)
  PORT: number = 3000;

  @describeSetting('Address to listen on.')
  @IsString()
  HOST: string = '127.0.0.1';

  @describeSetting('Folder for the embedded engines, uploaded files and generated keys.')
  @IsString()
  REACH_DATA_DIR: string = '.reach';

  @describeSetting('What this process runs: all, api or worker.')
  @IsIn(['all', 'api', 'worker'])
  REACH_ROLE: Role = 'all';

  @describeSetting('Bootstrap API key with the admin role. Generated and shown once when absent.', { secret: true })
  @IsOptional()
  @IsString()
  @Matches(/^\S{16,}$/, { message: 'REACH_ADMIN_KEY must have at least 16 characters and no spaces' })
  REACH_ADMIN_KEY?: string;

  @describeSetting(
    '64 hex characters that seal stored credentials (AES-256-GCM). Generated in the data folder when absent.',
    { secret: true },
  )
  @IsOptional()
  @Matches(/^[0-9a-fA-F]{64}$/, {
    message: 'REACH_ENCRYPTION_KEY must be 64 hex characters (32 bytes), e.g. from: openssl rand -hex 32',
  })
  REACH_ENCRYPTION_KEY?: string;

  @describeSetting(
    'Comma-separated former values of REACH_ENCRYPTION_KEY: they open what they sealed and seal nothing.',
    {
      secret: true,
    },
  )
  @Transform(list)
  @Matches(/^[0-9a-fA-F]{64}$/, {
    each: true,
    message: 'REACH_FORMER_ENCRYPTION_KEYS must be keys of 64 hex characters with commas between them',
  })
  REACH_FORMER_ENCRYPTION_KEYS: string[] = [];

  @describeSetting('PostgreSQL URL. Absent: PGlite in the data folder.', { secret: true })
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//, { message: 'DATABASE_URL must start with postgres:// or postgresql://' })
  DATABASE_URL?: string;

  @describeSetting('Redis URL for Bull. Absent: pg-boss on the database.', { secret: true })
  @IsOptional()
  @Matches(/^rediss?:\/\//, { message: 'REDIS_URL must start with redis:// or rediss://' })
  REDIS_URL?: string;

  @describeSetting('Prefix of every Redis key, so that several installations can share one Redis.')
  @IsString()
  REACH_REDIS_PREFIX: string = 'reach';

  @describeSetting('ClickHouse HTTP URL. Absent: chDB in the data folder.', { secret: true })
  @IsOptional()
  @Matches(/^https?:\/\//, { message: 'CLICKHOUSE_URL must start with http:// or https://' })
  CLICKHOUSE_URL?: string;

  @describeSetting('Cluster name: migrations add ON CLUSTER, Replicated engines and Distributed tables.')
  @IsOptional()
  @IsString()
  CLICKHOUSE_CLUSTER?: string;

  @describeSetting('Memory limit of one warehouse query, in bytes.')
  @Transform(int)
  @IsInt()
  @Min(100_000_000)
  REACH_WAREHOUSE_MEMORY: number = 4_000_000_000;

  @describeSetting(
    'Seconds for which a ClickHouse server may be silent about a statement before Reach asks what became of it.',
  )
  @Transform(int)
  @IsInt()
  @Min(1)
  @Max(86_400)
  REACH_WAREHOUSE_TIMEOUT: number = 3600;

  @describeSetting('Largest accepted upload, in bytes.')
  @Transform(int)
  @IsInt()
  @Min(1)
  REACH_MAX_UPLOAD_BYTES: number = 8 * 1024 ** 3;

  @describeSetting('Hours for which an uploaded file is kept after its import, to import it again. 0: deleted at once.')
  @Transform(int)
  @IsInt()
  @Min(0)
  REACH_KEEP_UPLOADS_HOURS: number = 0;

  @describeSetting('Days for which an uploaded file is kept that was never imported, or whose import failed.')
  @Transform(int)
  @IsInt()
  @Min(1)
  REACH_KEEP_UNUSED_UPLOADS_DAYS: number = 30;

  @describeSetting(
    'Days for which a finished run keeps the members that it left unchanged, so that it can be compared with other runs. What it changed is kept for good.',
  )
  @Transform(int)
  @IsInt()
  @Min(7)
  REACH_KEEP_RUN_SNAPSHOTS_DAYS: number = 90;

  @describeSetting('Log level: fatal, error, warn, info, debug or trace.')
  @IsIn(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'])
  REACH_LOG_LEVEL: string = 'info';

  @describeSetting('Allow connections to private and loopback addresses (needed for the sandbox and on-premises SFTP).')
  @Transform(bool)
  @IsBoolean()
  REACH_ALLOW_PRIVATE_HOSTS: boolean = false;

  @describeSetting(
    'Comma-separated npm packages (or paths) with connectors of your own; see docs/writing-a-connector.md.',
  )
  @Transform(list)
  @IsString({ each: true })
  REACH_CONNECTORS: string[] = [];

  @describeSetting('Contacts that one account may have scored in a second by POST /v1/inform/score, in each process.')
  @Transform(int)
  @IsInt()
  @Min(1)
  REACH_INFORM_PER_SECOND: number = 20_000;

  @describeSetting('Wrong API keys that one address may send in a minute, in each process, before it has to wait.')
  @Transform(int)
  @IsInt()
  @Min(1)
  REACH_FAILED_LOGINS_PER_MINUTE: number = 30;

  @describeSetting('Event streams that one key may hold open at the same time, in each process.')
  @Transform(int)
  @IsInt()
  @Min(1)
  REACH_STREAMS_PER_KEY: number = 20;

  @describeSetting(
    'Comma-separated addresses or networks of reverse proxies whose X-Forwarded-For names the client, e.g. loopback,10.0.0.0/8.',
  )
  @Transform(list)
  @IsString({ each: true })
  REACH_TRUSTED_PROXIES: string[] = [];

  @describeSetting('SMTP server for alerts by e-mail, e.g. smtps://user:password@mail.example.com.', { secret: true })
  @IsOptional()
  @Matches(/^smtps?:\/\//, { message: 'REACH_SMTP_URL must start with smtp:// or smtps://' })
  REACH_SMTP_URL?: string;

  @describeSetting('Sender of alerts by e-mail.')
  @IsString()
  REACH_SMTP_FROM: string = 'reach@localhost';

  @describeSetting('Meta Graph API address.')
  @IsUrl(URL_OPTIONS)
  REACH_FACEBOOK_URL: string = 'https://graph.facebook.com';

  @describeSetting('Meta Graph API version.')
  @Matches(/^v\d{1,3}\.\d$/, { message: 'REACH_FACEBOOK_API_VERSION must look like v26.0' })
  REACH_FACEBOOK_API_VERSION: string = 'v26.0';

  @describeSetting('Google OAuth token endpoint.')
  @IsUrl(URL_OPTIONS)
  REACH_GOOGLE_OAUTH_URL: string = 'https://oauth2.googleapis.com/token';

  @describeSetting('Google Data Manager API address, with its version.')
  @IsUrl(URL_OPTIONS)
  REACH_GOOGLE_DATA_MANAGER_URL: string = 'https://datamanager.googleapis.com/v1';

  @describeSetting('Google Ads API address (gRPC); http:// means without TLS.')
  @IsUrl(URL_OPTIONS)
  REACH_GOOGLE_ADS_URL: string = 'https://googleads.googleapis.com';

  @describeSetting(
    "Seconds before the first question for a platform's confirmation; absent: the platform's own advice (Google 30 minutes).",
  )
  @IsOptional()
  @Transform(int)
  @IsInt()
  @Min(0)
  REACH_CONFIRM_AFTER_SECONDS?: number;

  @describeSetting('Seconds before a call that failed in passing is tried again; doubled each time.')
  @Transform(int)
  @IsNumber()
  @Min(0)
  @Max(60)
  REACH_RETRY_SECONDS: number = 1;
}

/** Thrown when the environment cannot work; `problems` holds every problem found, one line each. */
export class SettingsError extends Error {
  constructor(readonly problems: string[]) {
    super(`Reach cannot start with these settings:\n${problems.map((p) => `  - ${p}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

/**
 * Reads settings from environment variables. Empty strings count as absent.
 * @throws SettingsError naming every invalid variable and every impossible combination at once.
 */
export function loadSettings(env: Record<string, string | undefined> = process.env): Settings {
  const known = settingDescriptions(Settings).map((s) => s.name);
  const given = Object.fromEntries(known.filter((name) => env[name]).map((name) => [name, env[name]]));
  const settings = plainToInstance(Settings, given, { exposeDefaultValues: true });
  const problems = validateSync(settings).flatMap((e) => Object.values(e.constraints ?? {}));
  problems.push(...impossible(settings));
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

/** Variables that look like ours and are not: most likely misspelt, so worth a warning at start. */
export function unknownSettings(env: Record<string, string | undefined> = process.env): string[] {
  const known = new Set([...settingDescriptions(Settings).map(({ name }) => name), ...CLIENT_VARIABLES]);
  return Object.keys(env).filter((name) => name.startsWith('REACH_') && !known.has(name));
}

/** Embedded engines belong to one process, so a split deployment needs every engine served. */
function impossible(s: Settings): string[] {
  if (s.REACH_ROLE === 'all')
    return s.CLICKHOUSE_CLUSTER && !s.CLICKHOUSE_URL ? ['CLICKHOUSE_CLUSTER needs CLICKHOUSE_URL'] : [];
  const missing = (['DATABASE_URL', 'REDIS_URL', 'CLICKHOUSE_URL', 'REACH_ENCRYPTION_KEY'] as const).filter(
    (name) => !s[name],
  );
  return missing.length === 0
    ? []
    : [
        `REACH_ROLE=${s.REACH_ROLE} shares its engines and keys with other processes: set ${missing.join(', ')}, or use REACH_ROLE=all`,
      ];
}
