import { lazy, Suspense, type ComponentType } from "react";
import { createBrowserRouter, Navigate, type RouteObject } from "react-router";

import { RowsSkeleton } from "@/shared/ui/Loaded";

import { CrashPage, NotFoundPage } from "./ErrorPage";
import { RequireSession } from "./RequireSession";
import { Room } from "./Room";
import { Shell } from "./Shell";

/** A page that is loaded when it is first opened. */
function page(load: () => Promise<{ default: ComponentType }>) {
  const Loaded = lazy(load);
  return (
    <Suspense fallback={<RowsSkeleton />}>
      <Loaded />
    </Suspense>
  );
}

const shellPages: RouteObject[] = [
  { index: true, element: <Navigate to="/worklist" replace /> },
  { path: "worklist", element: page(() => import("@/features/worklist/WorklistPage")) },
  { path: "jobs", element: page(() => import("@/features/jobs/JobsPage")) },
  { path: "admin/users", element: page(() => import("@/features/admin/UsersPage")) },
  { path: "admin/audit", element: page(() => import("@/features/admin/AuditPage")) },
  { path: "account", element: page(() => import("@/features/session/AccountPage")) },
  { path: "*", element: <NotFoundPage /> },
];

export const router = createBrowserRouter([
  {
    errorElement: <CrashPage />,
    children: [
      { path: "/sign-in", element: page(() => import("@/features/session/SignInPage")) },
      {
        element: <RequireSession />,
        children: [
          { path: "/readings/:readingId", element: <Room /> },
          { path: "/", element: <Shell />, children: shellPages },
        ],
      },
    ],
  },
]);
