import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';
import type {
  Backtest,
  CohortConversion,
  Distribution,
  GroupComparison,
  Period,
  PersonaFlow,
  PersonaMakeup,
  PersonaRevenue,
  PersonaSnapshot,
} from './types/insights.ts';

type Query = Record<string, string | number>;

/** The path of an insight; `.csv` gives the same as a file. */
export const insightPath = (name: string, query: object, ending = ''): string =>
  `/v1/insights/${name}${ending}?${new URLSearchParams(Object.entries(query).map(([key, value]) => [key, `${value}`]))}`;

// what was shown stays until the next answer is there
const insight = <T>(name: string, query: object) =>
  queryOptions({
    queryKey: ['insights', name, query],
    queryFn: ({ signal }) => api.get<T>(insightPath(name, query), signal),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });

/** What the console asks of insights. */
export const insights = {
  revenue: (query: Period & { stream: string; persona: 'then' | 'now' }) =>
    insight<PersonaRevenue>('persona-revenue', query),
  makeup: (query: Period) => insight<PersonaMakeup>('persona-makeup', query),
  snapshot: (query: Query) => insight<PersonaSnapshot>('persona-snapshot', query),
  flow: (query: Query) => insight<PersonaFlow>('persona-flow', query),
  cohortConversion: (query: Period & { cohortId: string; stream: string; days: number }) =>
    insight<CohortConversion>('cohort-conversion', query),
  comparison: (query: { a: string; b: string }) => insight<GroupComparison>('comparison', query),
  distribution: (query: { a: string; b: string; trait: string }) => insight<Distribution>('distribution', query),
  backtest: (query: { outcomeId: string; deliveryId: string; stream: string; days: number }) =>
    insight<Backtest>('backtest', query),
};
