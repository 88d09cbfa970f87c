import createClient, { type Middleware } from "openapi-fetch";

import { asApiError, errorOf } from "./errors";
import type { paths } from "./schema";

type SignedOutListener = () => void;

const signedOutListeners = new Set<SignedOutListener>();

/** Calls `listener` when the server says that nobody is signed in (any more); returns how to stop. */
export function onSignedOut(listener: SignedOutListener): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

/** Returns Django's CSRF token from its cookie, or an empty string. */
export function csrfToken(cookies: string = document.cookie): string {
  const cookie = cookies.split("; ").find((part) => part.startsWith("csrftoken="));
  return cookie ? decodeURIComponent(cookie.slice("csrftoken=".length)) : "";
}

/** Reads an error answer, and tells the listeners when the session has ended. */
export async function errorFrom(response: Response): Promise<Error> {
  const body: unknown = await response.json().catch(() => undefined);
  if (response.status === 401) for (const listener of signedOutListeners) listener();
  return errorOf(response.status, body);
}

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

const middleware: Middleware = {
  onRequest({ request }) {
    if (!safeMethods.has(request.method)) request.headers.set("X-CSRFToken", csrfToken());
    return request;
  },
  async onResponse({ response, schemaPath }) {
    if (response.ok) return;
    if (schemaPath === "/api/session") throw errorOf(response.status, await response.json().catch(() => undefined));
    throw await errorFrom(response);
  },
  onError({ error }) {
    return asApiError(error);
  },
};

/** The typed client; its types come from the server's own schema. */
export const client = createClient<paths>({
  baseUrl: window.location.origin,
  credentials: "same-origin",
  fetch: (request: Request) => globalThis.fetch(request),
});
client.use(middleware);

/** Returns the data of a call; a call that did not succeed throws an ApiError. */
export async function take<T>(call: Promise<{ data?: T; response: Response }>): Promise<T> {
  const { data } = await call;
  return data as T;
}
