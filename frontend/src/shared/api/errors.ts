/** The one error every call to the server ends in when it does not succeed. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  /**
   * @param status HTTP status; 0 when the server was not reached
   * @param code machine-readable name, `offline` when the server was not reached
   * @param fields what is wrong per field, or facts the caller needs (such as the head of a conflict)
   */
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }

  /** True when trying again later can help. */
  get passing(): boolean {
    return this.status === 0 || this.status >= 500 || this.status === 429;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads `{"error": {"code", "message", "fields"}}`; anything else becomes an error named after its status. */
export function errorOf(status: number, body: unknown): ApiError {
  const error = isRecord(body) ? body["error"] : undefined;
  if (!isRecord(error)) return new ApiError(status, `http_${status}`, "");
  const { code, message, fields } = error;
  return new ApiError(
    status,
    typeof code === "string" ? code : `http_${status}`,
    typeof message === "string" ? message : "",
    isRecord(fields) ? fields : {},
  );
}

/** Turns whatever was thrown into an ApiError: a failed fetch means that the server was not reached. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(0, "offline", error instanceof Error ? error.message : String(error));
}
