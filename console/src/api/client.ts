import { problemOf, unreachable } from './problem.ts';
import { session } from './session.ts';

const authorization = (): Record<string, string> => {
  const key = session.key();
  return key ? { authorization: `Bearer ${key}` } : {};
};

/** Sends a request with the tab's key. A key that is no longer good ends the session. @throws ApiError */
async function send(method: string, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { ...authorization(), ...init.headers };
  const response = await fetch(path, { ...init, method, headers }).catch((error: unknown) => {
    throw error instanceof DOMException && error.name === 'AbortError' ? error : unreachable();
  });
  if (response.ok) return response;
  if (response.status === 401) session.close();
  throw problemOf(response.status, await response.text());
}

async function json<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const init: RequestInit =
    body === undefined
      ? { signal }
      : { signal, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await send(method, path, init);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** The REST API. */
export const api = {
  get: <T>(path: string, signal?: AbortSignal) => json<T>('GET', path, undefined, signal),
  post: <T>(path: string, body: unknown = {}, signal?: AbortSignal) => json<T>('POST', path, body, signal),
  put: <T>(path: string, body: unknown) => json<T>('PUT', path, body),
  patch: <T>(path: string, body: unknown) => json<T>('PATCH', path, body),
  remove: (path: string) => json<void>('DELETE', path),
};

/** Asks who a key belongs to, before a session is opened with it. @throws ApiError */
export async function whoIs<T>(key: string): Promise<T> {
  const response = await fetch('/v1/me', { headers: { authorization: `Bearer ${key}` } }).catch(() => {
    throw unreachable();
  });
  if (!response.ok) throw problemOf(response.status, await response.text());
  return response.json() as Promise<T>;
}

/** Uploads a form and tells how far it is, 0 to 1: `fetch` cannot. @throws ApiError */
export function upload<T>(path: string, form: FormData, onProgress: (share: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    for (const [name, value] of Object.entries(authorization())) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onerror = () => reject(unreachable());
    request.onload = () =>
      request.status < 300
        ? resolve(JSON.parse(request.responseText) as T)
        : reject(problemOf(request.status, request.responseText));
    request.send(form);
  });
}

/** Saves a file of the API under the given name: a plain link could not carry the key. @throws ApiError */
export async function download(path: string, fileName: string): Promise<void> {
  const blob = await (await send('GET', path)).blob();
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Opens a page of the API in a new tab, or saves it where none may be opened. @throws ApiError */
export async function openPage(path: string, fileName: string): Promise<void> {
  const page = await (await send('GET', path)).blob();
  const url = URL.createObjectURL(page);
  if (!window.open(url)) await download(path, fileName);
  // the tab has loaded it long before
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Server-sent events, each one's data parsed. `EventSource` could not carry the key. @throws ApiError */
export async function* events<T>(path: string, signal: AbortSignal): AsyncGenerator<T> {
  const response = await send('GET', path, { signal, headers: { accept: 'text/event-stream' } });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const messages = (buffer + value).split('\n\n');
    buffer = messages.pop()!;
    for (const message of messages) {
      const data = message
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trim())
        .join('\n');
      if (data) yield JSON.parse(data) as T;
    }
  }
}
