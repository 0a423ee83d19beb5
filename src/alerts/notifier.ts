import { createHmac } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import axios, { isAxiosError } from 'axios';
import { createTransport } from 'nodemailer';
import { Settings } from '../../config/settings.ts';
import { DestinationError } from '../../connectors/errors.ts';
import { assertUrlAllowed, guardedAgents } from '../../connectors/http/guard.ts';
import { assertPublicHost } from '../connections/hosts.ts';
import { Clock } from '../engines/clock.ts';

const TIMEOUT_MS = 10_000;

/** What a receiver is told. */
export interface Notice {
  id: string;
  event: 'alert.raised' | 'alert.recovered' | 'alert.test';
  title: string;
  text: string;
  subject: string;
  at: string;
}

/** The receiver answered that it does not take a notice. */
class NotTaken extends Error {}

/** Whether a receiver may have taken a notice although telling it failed: not when it said no or was not reached. */
export function mayHaveArrived(error: unknown): boolean {
  if (error instanceof NotTaken || error instanceof DestinationError) return false;
  const { code, syscall, responseCode } = ((error as Error).cause ?? error) as Record<string, unknown>;
  const reached = syscall !== 'connect' && syscall !== 'getaddrinfo' && code !== 'ECONNREFUSED';
  return reached && responseCode === undefined;
}

/** Carries notices out of the house. */
@Injectable()
export class Notifier {
  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /**
   * Posts a notice. `Reach-Signature: t=<unix seconds>,v1=<hex>` is the HMAC-SHA256 of `<t>.<body>` with the channel's key.
   * @throws when the receiver does not answer 2xx within ten seconds
   */
  async webhook(url: string, key: string, notice: Notice): Promise<void> {
    const guard = {
      assertHostAllowed: async (host: string) => {
        if (!this.settings.REACH_ALLOW_PRIVATE_HOSTS) await assertPublicHost(host);
      },
    };
    await assertUrlAllowed(guard, url);
    const body = JSON.stringify(notice);
    const time = Math.floor(this.clock.now().getTime() / 1000);
    const agents = guardedAgents(guard);
    try {
      const { status, data } = await axios.post<Readable>(url, body, {
        httpAgent: agents.http,
        httpsAgent: agents.https,
        proxy: false,
        maxRedirects: 0,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        responseType: 'stream',
        validateStatus: () => true,
        headers: {
          'content-type': 'application/json',
          'idempotency-key': notice.id,
          'reach-signature': `t=${time},v1=${sign(key, time, body)}`,
        },
      });
      data.destroy();
      if (status < 200 || status > 299) throw new NotTaken(`the webhook answered ${status}`);
    } catch (error) {
      throw withoutAddress(error);
    } finally {
      agents.destroy();
    }
  }

  /** @throws when REACH_SMTP_URL is not set or the server refuses */
  async email(address: string, notice: Notice): Promise<void> {
    const { REACH_SMTP_URL, REACH_SMTP_FROM } = this.settings;
    if (!REACH_SMTP_URL) throw new Error('REACH_SMTP_URL is not set');
    const transport = createTransport(REACH_SMTP_URL);
    try {
      await transport.sendMail({
        from: REACH_SMTP_FROM,
        to: address,
        subject: `[Reach] ${notice.title}`,
        text: `${notice.text}\n\n${notice.subject}\n${notice.at}\n`,
      });
    } finally {
      transport.close();
    }
  }
}

/** The error without its request, whose address may hold credentials. */
function withoutAddress(error: unknown): unknown {
  if (!isAxiosError(error)) return error;
  if (error.cause instanceof DestinationError) return error.cause;
  if (error.code === 'ERR_CANCELED') return new Error('the webhook did not answer in time');
  const { code, syscall } = (error.cause ?? {}) as NodeJS.ErrnoException;
  return Object.assign(new Error(`the webhook was not reached (${code ?? error.code ?? 'network'})`), {
    code,
    syscall,
  });
}

/** The signature of a webhook body. */
export const sign = (key: string, time: number, body: string): string =>
  createHmac('sha256', key).update(`${time}.${body}`).digest('hex');
