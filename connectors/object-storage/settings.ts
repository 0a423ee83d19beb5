import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { KeepsSecrets, Label, Secret } from '../declared.ts';
import { RECEIVER_URL, RECEIVER_URL_FAULT } from '../http/url.ts';

/**
 * `checksum`: send a SHA-256 with each piece and compare what the storage keeps of it, or else read the object back;
 * `digest`: without checksums, which some storages refuse; read the object back; `size`: compare the size; `none`: for
 * credentials that may only write.
 */
export const VERIFICATIONS = ['checksum', 'digest', 'size', 'none'] as const;
export type Verification = (typeof VERIFICATIONS)[number];

export const ENCRYPTIONS = ['none', 'AES256', 'aws:kms'] as const;
export type Encryption = (typeof ENCRYPTIONS)[number];

/** A bucket of Amazon S3 or of a storage that speaks its language. */
export class ObjectStorageSettings {
  @Label('Bucket')
  @IsString()
  @Matches(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, {
    message: 'bucket must be 3 to 63 small letters, digits, dots and dashes',
  })
  bucket!: string;

  @KeepsSecrets()
  @Label('Folder in the bucket')
  @IsOptional()
  @IsString()
  @Matches(/^(?!\/)(?!.*\.\.)[^\\\0]{0,300}$/, { message: 'prefix must be a relative path without ..' })
  prefix: string = '';

  @Label('Region')
  @IsString()
  @Matches(/^[a-z0-9-]{2,40}$/, { message: 'region must look like eu-central-1' })
  region: string = 'us-east-1';

  /** Absent: Amazon S3 of the region. */
  @Label('Address of the storage, unless it is Amazon S3')
  @IsOptional()
  @IsString()
  @Matches(RECEIVER_URL, { message: `endpoint ${RECEIVER_URL_FAULT}` })
  endpoint?: string;

  /** Absent: in the path for storages with an address of their own, in the host name for Amazon S3. */
  @KeepsSecrets()
  @Label('Bucket in the path instead of the host name')
  @IsOptional()
  @IsBoolean()
  pathStyle?: boolean;

  @Label('Access key id')
  @IsString()
  @Matches(/^[\x21-\x7e]{3,128}$/, { message: 'accessKeyId must be one word of plain characters' })
  accessKeyId!: string;

  @Label('Secret access key')
  @Secret()
  @IsString()
  @Matches(/^[\x21-\x7e]{8,256}$/, { message: 'secretAccessKey must be one word of plain characters' })
  secretAccessKey!: string;

  @KeepsSecrets()
  @Label('Encryption at rest')
  @IsOptional()
  @IsIn(ENCRYPTIONS)
  encryption: Encryption = 'none';

  /** Absent: the account's own key for S3. */
  @KeepsSecrets()
  @Label('KMS key, for aws:kms')
  @IsOptional()
  @IsString()
  @MaxLength(2048)
  kmsKeyId?: string;

  @KeepsSecrets()
  @Label('Proof of arrival')
  @IsOptional()
  @IsIn(VERIFICATIONS)
  verify: Verification = 'checksum';

  @KeepsSecrets()
  @Label('Deadline of one call in seconds (1 to 3600)')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(3600)
  timeoutSeconds: number = 300;
}
