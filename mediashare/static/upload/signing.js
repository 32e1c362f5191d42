// Where a part goes and with which headers: signed here with temporary credentials, or by the service.

import { AwsV4Signer } from "../vendor/aws4fetch-1.0.20/aws4fetch.js";

const RENEW_BEFORE_MS = 5 * 60_000;

/** The address of one part of an upload. Credentials are given for uploads in parts only. */
export function partUrl({ target, key, multipart_id: multipartId }, number) {
  const path = key.split("/").map(encodeURIComponent).join("/");
  const url = new URL(target.endpoint);
  if (target.path_style) {
    url.pathname = `/${target.bucket}/${path}`;
  } else {
    url.hostname = `${target.bucket}.${url.hostname}`;
    url.pathname = `/${path}`;
  }
  url.searchParams.set("partNumber", number);
  url.searchParams.set("uploadId", multipartId);
  return url.href;
}

export function isNearExpiry(credentials, now) {
  return Date.parse(credentials.expires_at) - now < RENEW_BEFORE_MS;
}

export class PartSigner {
  #api;
  #upload;
  #credentials;
  #renewal = null;

  constructor(api, upload) {
    this.#api = api;
    this.#upload = upload;
    this.#credentials = upload.credentials;
  }

  /** Forget credentials that the store refused; the next part asks for fresh ones. */
  distrust() {
    this.#credentials = null;
  }

  /** `{url, headers}` for one part whose base64 SHA-256 is `digest`. */
  async sign(number, digest, signal) {
    if (this.#upload.method === "presigned") return this.#presigned(number, digest, signal);
    const { access_key_id, secret_access_key, session_token } = await this.#fresh(signal);
    const signed = await new AwsV4Signer({
      method: "PUT",
      url: partUrl(this.#upload, number),
      headers: { "x-amz-checksum-sha256": digest },
      accessKeyId: access_key_id,
      secretAccessKey: secret_access_key,
      sessionToken: session_token,
      service: "s3",
      region: this.#upload.target.region,
    }).sign();
    return { url: signed.url.href, headers: Object.fromEntries(signed.headers) };
  }

  async #presigned(number, digest, signal) {
    const parts = [{ number, sha256: digest }];
    const { urls } = await this.#api.partUrls(this.#upload.id, parts, { signal });
    return { url: urls[0].url, headers: urls[0].headers };
  }

  async #fresh(signal) {
    if (this.#credentials && !isNearExpiry(this.#credentials, Date.now())) return this.#credentials;
    // Parts that run in parallel share one renewal.
    this.#renewal ??= this.#api
      .credentials(this.#upload.id, { signal })
      .then((credentials) => (this.#credentials = credentials))
      .finally(() => (this.#renewal = null));
    return this.#renewal;
  }
}
