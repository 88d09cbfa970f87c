import { create } from "zustand";

/** The job that treats many files at once; it goes on while the person looks at other pages. */
export const useManyJob = create<{ jobId: string | null }>(() => ({ jobId: null }));
