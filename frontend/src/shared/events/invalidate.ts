/** Which data each kind of event makes stale, by the first part of the query key. */
const staleBy: Readonly<Record<string, readonly string[]>> = {
  "job.changed": ["jobs", "job", "job-log"],
  "reading.changed": ["worklist", "readings", "cases", "case", "progress", "project", "projects"],
  "case.changed": ["cases", "case", "progress", "project", "projects", "worklist", "learning"],
  "project.changed": ["project", "projects", "members", "progress", "worklist", "cases"],
  "draft.ready": ["reading-drafts", "project-drafts", "jobs"],
  "draft.decided": ["project-drafts", "reading-drafts"],
  "study.changed": ["studies", "study", "imports"],
  "import.changed": ["imports", "set-aside", "studies"],
  "set_aside.changed": ["imports", "set-aside", "studies"],
  "deidentification.changed": ["deidentification", "studies", "study"],
  "training.changed": ["learning", "training-run", "models"],
  "champion.changed": ["learning", "models"],
  "release.changed": ["releases", "release"],
};

/** Returns the key heads that an event of `kind` makes stale; none for an unknown kind. */
export function staleKeys(kind: string): readonly string[] {
  return staleBy[kind] ?? [];
}
