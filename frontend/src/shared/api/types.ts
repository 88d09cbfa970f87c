import type { components } from "./schema";

/** The server's own names for what it sends and takes. */
export type Schemas = components["schemas"];
