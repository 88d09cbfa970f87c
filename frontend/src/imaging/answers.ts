/** Questions to the server for images, and what it means when it has no answer. */

/** The server answered with a status that is no image, or was not reached (0). */
export class AnswerError extends Error {
  override readonly name = "AnswerError";

  constructor(
    readonly status: number,
    what: string,
  ) {
    super(status === 0 ? `The server was not reached for ${what}` : `The server answered ${status} for ${what}`);
  }
}

/** What came for a frame is no picture, or not the one that its header speaks of. */
export class BrokenFrameError extends Error {
  override readonly name = "BrokenFrameError";

  constructor(cause?: unknown) {
    super("A frame could not be decoded", { cause });
  }
}

/** The server's word for a frame that it cannot decode, to who left it the choice of forms. */
const NOT_DECODED = 406;

/** Whether a frame itself is at fault, so that asking again is of no use. */
export function isBroken(error: Error): boolean {
  return error instanceof BrokenFrameError || (error instanceof AnswerError && error.status === NOT_DECODED);
}

/** Fetch, and take nothing but success for an answer; `what` names what is asked for. */
export async function ask(url: string, accept: string, what: string): Promise<Response> {
  const request = fetch(url, { headers: { Accept: accept }, credentials: "same-origin" });
  const response = await request.catch(() => {
    throw new AnswerError(0, what);
  });
  if (!response.ok) {
    throw new AnswerError(response.status, what);
  }
  return response;
}

/** What Cornerstone names as the reason for a frame that did not come: its own loader gives the request itself. */
export function frameError(reason: unknown): Error {
  if (reason instanceof AnswerError || reason instanceof BrokenFrameError) {
    return reason;
  }
  const unanswered = reason instanceof XMLHttpRequest && (reason.status < 200 || reason.status >= 300);
  return unanswered ? new AnswerError(reason.status, "a frame") : new BrokenFrameError(reason);
}
