import {
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { KeepsSecrets, Label, Secret } from '../declared.ts';

/**
 * Where a file lives while it is written. `suffix`: `name.part`; `dot`: `.name`; `directory`: same name in
 * `tempDirectory`; `none`: under its final name from the start, for drop boxes that forbid renaming.
 */
export const TEMP_NAMES = ['suffix', 'dot', 'directory', 'none'] as const;
export type TempName = (typeof TEMP_NAMES)[number];

/** `digest`: read the file back and compare SHA-256; `size`: compare the size; `none`: for servers that forbid both. */
export const VERIFICATIONS = ['digest', 'size', 'none'] as const;
export type Verification = (typeof VERIFICATIONS)[number];

/** Whose password or key the login is with: one that is given, or a key pair that Reach makes. */
export const AUTHS = ['given', 'generated'] as const;
export type Auth = (typeof AUTHS)[number];

/** A login on one SFTP server. */
export class SftpSettings {
  @Label('Host')
  @IsString()
  @Matches(/^([A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45})$/, {
    message: 'host must be a host name or an IP address, without sftp:// and without a path',
  })
  host!: string;

  @Label('Port')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(65535)
  port: number = 22;

  @Label('User name')
  @IsString()
  @Matches(/\S/, { message: 'username must not be empty' })
  @MaxLength(256)
  username!: string;

  /** `given`: with the password or key below. `generated`: with a key that Reach makes, whose public half it shows. */
  @KeepsSecrets()
  @Label('Login: given, with the password or key below; generated, with a key pair that Reach makes')
  @IsOptional()
  @IsIn(AUTHS)
  auth: Auth = 'given';

  /** Needed unless there is a private key. Also answers keyboard-interactive questions. */
  @Label('Password')
  @Secret()
  @ValidateIf(
    (settings: SftpSettings) =>
      settings.password !== undefined || (settings.privateKey === undefined && settings.auth !== 'generated'),
  )
  @IsString({ message: 'give a password or a privateKey, or set auth to generated' })
  @MaxLength(1024)
  password?: string;

  /** OpenSSH or PEM text. Line ends lost while pasting are put back. */
  @Label('Private key')
  @Secret()
  @IsOptional()
  @IsString()
  @Matches(/-----BEGIN [A-Z ]*PRIVATE KEY-----/, { message: 'privateKey must be the text of an OpenSSH or PEM key' })
  @MaxLength(20_000)
  privateKey?: string;

  @Label('Passphrase of the private key')
  @Secret()
  @IsOptional()
  @IsString()
  @MaxLength(1024)
  passphrase?: string;

  /**
   * The server's key, pinned: the fingerprint that `ssh-keygen -lf` prints, or the SHA-256 in hex. Deliveries need it;
   * the connection check shows the one it saw, for a person to compare with what the operator says.
   */
  @KeepsSecrets()
  @Label('Host key fingerprint')
  @IsOptional()
  @Matches(/^(SHA256:[A-Za-z0-9+/]{43}=?|[0-9a-fA-F]{64}|([0-9a-fA-F]{2}:){31}[0-9a-fA-F]{2})$/, {
    message: 'hostKeySha256 must look like SHA256:… (43 characters) or be 64 hex digits',
  })
  hostKeySha256?: string;

  /** Where files go; must exist. */
  @KeepsSecrets()
  @Label('Folder')
  @IsOptional()
  @IsString()
  @Matches(/^[^\0]{1,1000}$/, { message: 'directory must be a path of 1 to 1000 characters' })
  directory: string = '.';

  @KeepsSecrets()
  @Label('Name while uploading')
  @IsOptional()
  @IsIn(TEMP_NAMES)
  tempName: TempName = 'suffix';

  /** Relative to `directory`; must exist and be on the same file system. */
  @KeepsSecrets()
  @Label('Staging folder, for the directory strategy')
  @ValidateIf((settings: SftpSettings) => settings.tempName === 'directory')
  @IsString({ message: 'tempDirectory is needed when tempName is directory' })
  @Matches(/^[^\0]{1,1000}$/)
  tempDirectory?: string;

  @KeepsSecrets()
  @Label('Proof of arrival')
  @IsOptional()
  @IsIn(VERIFICATIONS)
  verify: Verification = 'digest';

  /** False for servers that cannot write in the middle of a file: after a lost link the upload begins again. */
  @KeepsSecrets()
  @Label('Go on in the middle of a file after a lost link')
  @IsOptional()
  @IsBoolean()
  resume: boolean = true;

  /** False for servers that reach an existing file by deleting it first. */
  @KeepsSecrets()
  @Label('Replace atomically')
  @IsOptional()
  @IsBoolean()
  posixRename: boolean = true;

  /** For servers that know nothing newer. Off: a server that offers only these is named, and nothing is sent. */
  @Label('Allow old algorithms (SHA-1 key exchange, CBC ciphers)')
  @IsOptional()
  @IsBoolean()
  legacyAlgorithms: boolean = false;

  /** Seconds for the handshake and the login. */
  @KeepsSecrets()
  @Label('Connect timeout in seconds')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(120)
  connectSeconds: number = 20;

  /** Three unanswered questions in a row mean a dead link. */
  @KeepsSecrets()
  @Label('Keep-alive interval in seconds')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(60)
  keepaliveSeconds: number = 10;

  /** The most that one call, such as writing a batch or reading a file back, may take. */
  @KeepsSecrets()
  @Label('Deadline of one call in seconds')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(86_400)
  deadlineSeconds: number = 1800;
}
