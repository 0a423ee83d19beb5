const STORE = 'reach.key';
const listeners = new Set<() => void>();

/** The API key of this tab. It lives as long as the tab does and is sent to nobody but the API. */
export const session = {
  key: (): string | null => sessionStorage.getItem(STORE),
  open(key: string): void {
    sessionStorage.setItem(STORE, key);
    changed();
  },
  close(): void {
    sessionStorage.removeItem(STORE);
    changed();
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

const changed = () => {
  for (const listener of listeners) listener();
};
