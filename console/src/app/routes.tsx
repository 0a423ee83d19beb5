import type { ComponentType } from 'react';
import { createBrowserRouter } from 'react-router';
import { Gate } from './gate.tsx';
import { NotFound, PageFault } from './page-fault.tsx';

/** A page whose code is loaded when it is opened. */
const page = (path: string, load: () => Promise<{ default: ComponentType }>) => ({
  path,
  lazy: async () => ({ Component: (await load()).default }),
  errorElement: <PageFault />,
});

export const router = createBrowserRouter([
  {
    path: '/',
    element: <Gate />,
    hydrateFallbackElement: <span />,
    children: [
      page('', () => import('../pages/overview/overview-page.tsx')),
      page('dashboard', () => import('../pages/dashboard/dashboard-page.tsx')),
      page('explore', () => import('../pages/explore/explore-page.tsx')),
      page('datasets', () => import('../pages/datasets/datasets-page.tsx')),
      page('datasets/:id', () => import('../pages/datasets/dataset-page.tsx')),
      page('traits', () => import('../pages/traits/traits-page.tsx')),
      page('contacts', () => import('../pages/contacts/find-contact-page.tsx')),
      page('contacts/:id', () => import('../pages/contacts/contact-page.tsx')),
      page('cohorts', () => import('../pages/cohorts/cohorts-page.tsx')),
      page('cohorts/:id', () => import('../pages/cohorts/cohort-page.tsx')),
      page('personas', () => import('../pages/personas/persona-sets-page.tsx')),
      page('personas/:id', () => import('../pages/personas/persona-set-page.tsx')),
      page('outcomes', () => import('../pages/outcomes/outcomes-page.tsx')),
      page('outcomes/:id', () => import('../pages/outcomes/outcome-page.tsx')),
      page('creatives', () => import('../pages/creatives/creatives-page.tsx')),
      page('creatives/:id', () => import('../pages/creatives/creative-page.tsx')),
      page('audiences', () => import('../pages/audiences/audiences-page.tsx')),
      page('audiences/:id', () => import('../pages/audiences/audience-page.tsx')),
      page('connections', () => import('../pages/connections/connections-page.tsx')),
      page('connections/:id', () => import('../pages/connections/connection-page.tsx')),
      page('deliveries', () => import('../pages/deliveries/deliveries-page.tsx')),
      page('deliveries/new', () => import('../pages/deliveries/new-delivery-page.tsx')),
      page('deliveries/:id', () => import('../pages/deliveries/delivery-page.tsx')),
      page('runs/:id', () => import('../pages/runs/run-page.tsx')),
      page('monitors', () => import('../pages/monitors/monitors-page.tsx')),
      page('monitors/:id', () => import('../pages/monitors/monitor-page.tsx')),
      page('inform', () => import('../pages/inform/inform-page.tsx')),
      page('privacy', () => import('../pages/privacy/privacy-page.tsx')),
      page('alerts', () => import('../pages/alerts/alerts-page.tsx')),
      { path: '*', element: <NotFound /> },
    ],
  },
]);
