export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export type LifeStatus = 'new' | 'starting' | 'running' | 'ready' | 'error';

/** A counted definition: what it is doing, and how fresh its size is. */
export interface Life {
  revision: number;
  status: LifeStatus;
  statusError: string | null;
  size: number | null;
  asOf: string | null;
  stale: boolean;
  createdAt: string;
}

export interface Me {
  accountId: string;
  role: 'viewer' | 'analyst' | 'marketer' | 'agency' | 'admin';
  name: string;
}

export type TraitType = 'number' | 'category' | 'boolean' | 'date';

/** Work under way: worth asking again soon. */
export const isBusy = (status: LifeStatus | undefined): boolean =>
  status === 'new' || status === 'starting' || status === 'running';
