/** Node's Request knows no page that an address could be relative to. */
globalThis.Request = class extends Request {
  constructor(input: RequestInfo | URL, init?: RequestInit) {
    super(typeof input === "string" ? new URL(input, "http://app.localhost") : input, init);
  }
};
