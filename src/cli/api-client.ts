import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import type { ClientSettings } from '../../config/client.ts';

interface FieldProblem {
  path: string;
  message: string;
}

/** Each problem once: the detail of an answer may repeat its problems in one line. The file itself needs no path. */
function messageOf(detail: string, errors: FieldProblem[]): string {
  const [first] = errors;
  if (errors.length === 1 && first?.path === 'file') return first.message;
  const open = errors.filter(({ message }) => !detail.includes(message));
  return [detail, ...open.map(({ path, message }) => `  ${path}: ${message}`)].join('\n');
}

/** An answer of the API that is not a success: its problem details as a readable message. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    errors: FieldProblem[] = [],
  ) {
    super(messageOf(detail, errors));
    this.name = 'ApiError';
  }
}

/** The REST API as the command line and the demo use it. */
export class ApiClient {
  constructor(private readonly settings: ClientSettings) {}

  get<T>(path: string): Promise<T> {
    return this.send<T>('GET', path);
  }

  post<T>(path: string, body: object = {}): Promise<T> {
    return this.send<T>('POST', path, JSON.stringify(body), { 'content-type': 'application/json' });
  }

  patch<T>(path: string, body: object): Promise<T> {
    return this.send<T>('PATCH', path, JSON.stringify(body), { 'content-type': 'application/json' });
  }

  /** Uploads a file of any size from disk, with form fields before it. */
  async upload<T>(path: string, file: string, fields: Record<string, string>): Promise<T> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('file', await openAsBlob(file), basename(file));
    return this.send<T>('POST', path, form);
  }

  /** Asks a resource again and again until it is done, telling `onChange` of every answer. */
  async poll<T>(
    path: string,
    done: (value: T) => boolean,
    onChange: (value: T) => void = () => undefined,
    everyMs = 300,
  ): Promise<T> {
    for (;;) {
      const value = await this.get<T>(path);
      onChange(value);
      if (done(value)) return value;
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }

  private async send<T>(
    method: string,
    path: string,
    body?: string | FormData,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const authorization = this.settings.key ? { authorization: `Bearer ${this.settings.key}` } : {};
    const response = await fetch(this.settings.url + path, {
      method,
      body,
      headers: { ...headers, ...authorization },
    }).catch((error: Error) => {
      throw new ApiError(
        0,
        'unreachable',
        `No Reach service answers at ${this.settings.url} (${String(error.cause ?? error.message)}). Set REACH_URL, or start it with: npm start`,
      );
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json') && text ? JSON.parse(text) : undefined;
    if (!response.ok)
      throw new ApiError(response.status, json?.code ?? 'error', json?.detail ?? text.slice(0, 200), json?.errors);
    return json as T;
  }
}
