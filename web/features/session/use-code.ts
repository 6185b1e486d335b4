import { useEffect, useState } from "react";

/** The code of a mail's link, `/reset#code=…`: null until it is known whether there is one, "" when there is none. */
export function useCode(): string | null {
  const [code, setCode] = useState<string | null>(null);
  useEffect(() => {
    const read = () => {
      const found = new URLSearchParams(window.location.hash.slice(1)).get("code");
      setCode((known) => found ?? known ?? "");
      // It is a secret, which the history of a shared machine should not keep.
      if (found) window.history.replaceState(null, "", window.location.pathname + window.location.search);
    };
    read();
    // The link may be opened where its page is open already.
    window.addEventListener("hashchange", read);
    return () => window.removeEventListener("hashchange", read);
  }, []);
  return code;
}
