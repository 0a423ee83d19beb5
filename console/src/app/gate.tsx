import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { session } from '../api/session.ts';
import { SignIn } from '../pages/sign-in/sign-in.tsx';
import { Shell } from './shell.tsx';

/** The console for who has a key; the sign-in for who has none. What one key saw, the next does not. */
export function Gate() {
  const key = useSyncExternalStore(session.subscribe, session.key);
  const client = useQueryClient();
  useEffect(() => {
    if (!key) client.clear();
  }, [key, client]);
  return key ? <Shell /> : <SignIn />;
}
