// The service's upload endpoints. Carries no file bytes.

import { connectionLost, fromService } from "./problems.js";

function csrfToken() {
  // Read each time: signing in again, in another tab, changes it.
  return /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
}

export class UploadsApi {
  /** `url` is that of the collection, as /api/v1/uploads. */
  constructor(url) {
    this.url = url;
  }

  /** Ask for an upload; asking again for the same file answers with the open one. */
  create(file, { sha256, album, key, signal }) {
    const body = {
      name: file.name,
      size: file.size,
      modified_at: new Date(file.lastModified).toISOString(),
      ...(file.type && { content_type: file.type }),
      ...(sha256 && { sha256 }),
      ...(album && { album }),
    };
    return this.#ask("POST", "", { body, key, signal });
  }

  /** Uploads that were begun and neither completed nor given up. */
  async open() {
    const page = await this.#ask("GET", "");
    return page.results ?? page;
  }

  get(id, { signal }) {
    return this.#ask("GET", `/${id}`, { signal });
  }

  credentials(id, { signal }) {
    return this.#ask("POST", `/${id}/credentials`, { signal });
  }

  partUrls(id, parts, { signal }) {
    return this.#ask("POST", `/${id}/parts`, { body: { parts }, signal });
  }

  complete(id, parts, { album, key, signal }) {
    return this.#ask("POST", `/${id}/complete`, {
      body: { parts, ...(album && { album }) },
      key,
      signal,
    });
  }

  discard(id) {
    return this.#ask("DELETE", `/${id}`);
  }

  #ask(method, path, more) {
    return ask(method, this.url + path, more);
  }
}

/** Ask the service; what it says, read from JSON. Throws an UploadProblem. */
export async function ask(method, url, { body, key, signal } = {}) {
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
  if (body) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  let response;
  let answer;
  try {
    response = await fetch(url, {
      method,
      headers,
      signal,
      credentials: "same-origin",
      body: body && JSON.stringify(body),
    });
    const isJson = response.headers.get("Content-Type")?.includes("json");
    answer = isJson ? await response.json() : null;
  } catch (error) {
    throw error.name === "AbortError" ? error : connectionLost();
  }
  if (response.ok) return answer;
  throw fromService(response.status, answer, response.headers.get("Retry-After"));
}
