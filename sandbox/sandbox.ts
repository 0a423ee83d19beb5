import { SandboxClock } from './clock.ts';
import { type Control, type ControlTarget, startControl } from './control.ts';
import { type FacebookCredentials, FacebookSandbox } from './facebook/facebook.ts';
import { type GoogleCredentials, GoogleSandbox } from './google/google.ts';
import { GoogleTokens } from './google/oauth.ts';
import { GoogleState, type Outcome } from './google/state.ts';
import { type GoogleAdsCredentials, GoogleAdsSandbox } from './google-ads/google-ads.ts';
import { Journal, type RecordedRequest, type Violation } from './journal.ts';
import { type S3Credentials, S3Sandbox } from './s3/s3.ts';
import { type SftpCredentials, SftpSandbox, type SftpSettings } from './sftp/sftp.ts';

export interface SandboxOptions {
  /** Ports to listen on; a free one each when absent. `control` starts the control API. */
  ports?: { facebook?: number; google?: number; googleAds?: number; sftp?: number; s3?: number; control?: number };
  sftp?: SftpSettings;
}

export interface SandboxCredentials {
  facebook: FacebookCredentials;
  google: GoogleCredentials;
  googleAds: GoogleAdsCredentials;
  sftp: SftpCredentials;
  s3: S3Credentials;
}

/** Fake platforms on loopback sockets. They enforce the documented rules and tell a test what they hold. */
export class Sandbox {
  readonly clock = new SandboxClock();
  readonly journal = new Journal();
  readonly facebook: FacebookSandbox;
  readonly google: GoogleSandbox;
  readonly googleAds: GoogleAdsSandbox;
  readonly sftp: SftpSandbox;
  readonly s3: S3Sandbox;
  /** Present when the control API runs. */
  control: Control | undefined;

  constructor(options: SandboxOptions = {}) {
    const context = { clock: this.clock, journal: this.journal };
    const account = new GoogleState(this.clock, this.journal);
    const tokens = new GoogleTokens(this.clock);
    this.facebook = new FacebookSandbox(context);
    this.google = new GoogleSandbox(context, account, tokens);
    this.googleAds = new GoogleAdsSandbox(context, account, tokens);
    this.sftp = new SftpSandbox(context, options.sftp);
    this.s3 = new S3Sandbox(context);
  }

  async start(ports: SandboxOptions['ports'] = {}): Promise<void> {
    await Promise.all([
      this.facebook.start(ports.facebook),
      this.google.start(ports.google),
      this.googleAds.start(ports.googleAds),
      this.sftp.start(ports.sftp),
      this.s3.start(ports.s3),
    ]);
    if (ports.control !== undefined) this.control = await startControl(this.controlTarget(), ports.control);
  }

  /** Every call that any platform received, oldest first. */
  get requests(): RecordedRequest[] {
    return this.journal.requests;
  }

  /** What no platform may be sent, e.g. a raw e-mail address. Tests assert that it is empty. */
  get violations(): Violation[] {
    return this.journal.violations;
  }

  /** Environment variables that point Reach at this sandbox. */
  settings(): Record<string, string> {
    return {
      REACH_FACEBOOK_URL: this.facebook.url,
      REACH_FACEBOOK_API_VERSION: 'v26.0',
      REACH_GOOGLE_OAUTH_URL: this.google.oauthUrl,
      REACH_GOOGLE_DATA_MANAGER_URL: this.google.dataManagerUrl,
      REACH_GOOGLE_ADS_URL: this.googleAds.url,
      REACH_ALLOW_PRIVATE_HOSTS: 'true',
      REACH_CONFIRM_AFTER_SECONDS: '0',
    };
  }

  /** What connections to the platforms of this sandbox need. */
  get credentials(): SandboxCredentials {
    return {
      facebook: this.facebook.credentials,
      google: this.google.credentials,
      googleAds: this.googleAds.credentials,
      sftp: this.sftp.credentials,
      s3: this.s3.credentials,
    };
  }

  /** Forgets everything: what is held, requests, faults, options, time. */
  reset(): void {
    for (const platform of [this.facebook, this.google, this.googleAds, this.sftp, this.s3]) platform.reset();
    this.journal.clear();
    this.clock.reset();
  }

  async close(): Promise<void> {
    const { facebook, google, googleAds, sftp, s3, control } = this;
    await Promise.all([
      facebook.close(),
      google.close(),
      googleAds.close(),
      sftp.close(),
      s3.close(),
      control?.close(),
    ]);
  }

  private controlTarget(): ControlTarget {
    const { facebook, google, googleAds, sftp, s3, clock, journal } = this;
    return {
      clock,
      journal,
      platforms: { facebook, google, googleAds, sftp, s3 },
      settings: () => this.settings(),
      credentials: this.credentials,
      actions: {
        'google.script': ({ outcomes }) => google.script(...((outcomes ?? []) as Outcome[])),
        'google.expireAccessTokens': () => google.tokens.expireAccessTokens(),
        'google.revokeGrant': () => {
          google.oauth.grantValid = false;
        },
        'sftp.changeHostKey': () => {
          sftp.changeHostKey();
          return { hostFingerprint: sftp.hostFingerprint };
        },
        'sftp.dropConnections': () => sftp.dropConnections(),
        'sftp.fillDiskAfter': ({ bytes }) => sftp.fillDiskAfter(Number(bytes)),
        'facebook.setStatus': ({ audience, status }) => facebook.setStatus(String(audience), Number(status)),
      },
      reset: () => this.reset(),
    };
  }
}

/** Starts the fake platforms. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = new Sandbox(options);
  await sandbox.start(options.ports);
  return sandbox;
}
