import { csrfToken, errorFrom } from "./client";
import { asApiError, errorOf } from "./errors";

export interface UploadOptions {
  signal?: AbortSignal;
  /** Told how many bytes of the request have been sent. */
  onSent?: (bytes: number) => void;
}

/** Sends a multipart form with progress, which fetch cannot tell; throws an ApiError when it does not succeed. */
export function uploadForm<Answer>(url: string, form: FormData, options: UploadOptions = {}): Promise<Answer> {
  return new Promise<Answer>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => options.onSent?.(event.loaded));
    request.addEventListener("error", () => reject(asApiError(new Error("network"))));
    request.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
    request.addEventListener("load", () => {
      const answer: unknown = request.response;
      if (request.status === 401) {
        void errorFrom(new Response(JSON.stringify(answer), { status: 401 })).then(reject);
      } else if (request.status >= 400) reject(errorOf(request.status, answer));
      else resolve(answer as Answer);
    });
    options.signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form);
  });
}
