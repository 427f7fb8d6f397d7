/** Sends the bytes of a file, and tells how far it is. `fetch` cannot tell that; XMLHttpRequest can. */

import { networkError, RequestError } from "../lib/errors";
import type { ErrorBody, UploadedFile } from "./protocol";
import { withQuery } from "./rest";

export type Upload = (
  file: Blob,
  name: string,
  token: (fresh: boolean) => Promise<string>,
  onProgress: (share: number) => void,
  signal: AbortSignal,
) => Promise<UploadedFile>;

export const upload: Upload = async (file, name, token, onProgress, signal) => {
  try {
    return await attempt(file, name, await token(false), onProgress, signal);
  } catch (error) {
    if (!(error instanceof RequestError) || error.status !== 401 || signal.aborted) throw error;
    return attempt(file, name, await token(true), onProgress, signal);
  }
};

function attempt(
  file: Blob,
  name: string,
  token: string,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<UploadedFile> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", withQuery("/api/files", { name }));
    request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total);
    request.onload = () => {
      const body = parse(request.responseText);
      if (request.status >= 200 && request.status < 300) resolve(body as UploadedFile);
      else reject(failure(request.status, (body as { error?: ErrorBody } | null)?.error));
    };
    request.onerror = () => reject(networkError());
    request.onabort = () => reject(new RequestError("cancelled", "The upload was cancelled."));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function failure(status: number, error: ErrorBody | undefined): RequestError {
  if (error) return new RequestError(error.code, error.message, error.data ?? {}, status);
  return status >= 502 ? networkError() : new RequestError("unexpected", `HTTP ${status}`, {}, status);
}
