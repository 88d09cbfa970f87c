import { lazy, Suspense, type ComponentType } from "react";
import { createBrowserRouter, Navigate, type RouteObject } from "react-router";

import { RowsSkeleton } from "@/shared/ui/Loaded";

import { CrashPage, NotFoundPage } from "./ErrorPage";
import { RequireSession } from "./RequireSession";
import { Room, roomLoader } from "./Room";
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

const projectPages: RouteObject[] = [
  { index: true, element: <Navigate to="cases" replace /> },
  { path: "cases", element: page(() => import("@/features/projects/CasesPage")) },
  { path: "cases/:caseId", element: page(() => import("@/features/projects/CasePage")) },
  { path: "set-up", element: <Navigate to="data" replace /> },
  { path: "set-up/:step", element: page(() => import("@/features/projects/SetupPage")) },
  { path: "progress", element: page(() => import("@/features/projects/ProgressPage")) },
  { path: "learning", element: page(() => import("@/features/learning/LearningPage")) },
  { path: "learning/runs/:runId", element: page(() => import("@/features/learning/RunPage")) },
  { path: "datasets", element: page(() => import("@/features/datasets/DatasetsPage")) },
  { path: "datasets/:releaseId", element: page(() => import("@/features/datasets/ReleasePage")) },
];

const shellPages: RouteObject[] = [
  { index: true, element: <Navigate to="/worklist" replace /> },
  { path: "worklist", element: page(() => import("@/features/worklist/WorklistPage")) },
  { path: "projects", element: page(() => import("@/features/projects/ProjectsPage")) },
  {
    path: "projects/:projectId",
    element: page(() => import("@/features/projects/ProjectLayout")),
    children: projectPages,
  },
  { path: "studies", element: page(() => import("@/features/studies/StudiesPage")) },
  { path: "studies/:studyUid", element: page(() => import("@/features/studies/StudyPage")) },
  { path: "import", element: page(() => import("@/features/intake/ImportPage")) },
  { path: "import/:importId", element: page(() => import("@/features/intake/ImportDetailPage")) },
  { path: "set-aside", element: page(() => import("@/features/setaside/SetAsidePage")) },
  { path: "deidentification", element: page(() => import("@/features/deident/ProfilesPage")) },
  { path: "deidentification/runs/:runId", element: page(() => import("@/features/deident/RunPage")) },
  { path: "deidentification/:profileId", element: page(() => import("@/features/deident/ProfilePage")) },
  { path: "deidentification/:profileId/review", element: page(() => import("@/features/deident/ReviewPage")) },
  { path: "models", element: page(() => import("@/features/models/ModelsPage")) },
  { path: "models/versions/:versionId", element: page(() => import("@/features/models/VersionPage")) },
  { path: "jobs", element: page(() => import("@/features/jobs/JobsPage")) },
  { path: "admin/users", element: page(() => import("@/features/admin/UsersPage")) },
  { path: "admin/audit", element: page(() => import("@/features/admin/AuditPage")) },
  { path: "admin/storage", element: page(() => import("@/features/storage/StoragePage")) },
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
          { path: "/readings/:readingId", element: <Room />, loader: roomLoader },
          { path: "/", element: <Shell />, children: [{ errorElement: <CrashPage />, children: shellPages }] },
        ],
      },
    ],
  },
]);
