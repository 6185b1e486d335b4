/** What a page of the console may load and do. */

interface Page {
  nonce: string;
  /** The host that the browser asked, with its port: its sockets are the only ones that are allowed. */
  host: string;
  /** Origins of whoever signs people in when that is not here. */
  outside: string[];
  isDevelopment: boolean;
}

export function contentSecurityPolicy({ nonce, host, outside, isDevelopment }: Page): string {
  const directives = {
    "default-src": ["'self'"],
    // React's messages while developing need eval; what is built does not.
    "script-src": ["'self'", `'nonce-${nonce}'`, "'strict-dynamic'", ...(isDevelopment ? ["'unsafe-eval'"] : [])],
    "style-src": isDevelopment ? ["'self'", "'unsafe-inline'"] : ["'self'", `'nonce-${nonce}'`],
    // Logos of organizations lie wherever they have them.
    "img-src": ["'self'", "https:", "data:"],
    "connect-src": ["'self'", `ws://${host}`, `wss://${host}`, ...outside],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "object-src": ["'none'"],
  };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(" ")}`)
    .join("; ");
}
