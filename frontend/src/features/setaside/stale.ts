/** What changes when set-aside files are taken in or thrown away. */
export const staleAfter = ["set-aside", "studies", "study", "imports", "import-files", "jobs"] as const;
