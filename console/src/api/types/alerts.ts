export interface AlertChannel {
  id: string;
  type: 'webhook' | 'email';
  target: string;
  createdAt: string;
}

/** A channel just made; the key of a webhook's signature is told this once. */
export interface NewAlertChannel extends AlertChannel {
  signingKey?: string;
}

export interface AlertNote {
  id: string;
  title: string;
  text: string;
  /** Id of the run, delivery or connection to look at. */
  subject: string;
  raisedAt: string;
  recoveredAt: string | null;
}
