/**
 * Publishes a draft exactly once. It is sent with the draft's key until there is an answer or somebody cancels, and goes on after a reload:
 * an answer that was lost is given again, and nothing is made a second time.
 */
import { useCallback, useEffect, useRef, useState } from "react";
import type { Drafts } from "@/lib/drafts";
import { asProblem, type Problem } from "@/lib/problem";

export type Publication =
  | { state: "editing"; problem: Problem | null; mayHaveArrived: boolean }
  | { state: "sending" }
  /** No answer yet, or the other side cannot do it now: it is tried again by itself. */
  | { state: "waiting"; problem: Problem }
  | { state: "published" };

interface Options<Content, Answer> {
  drafts: Drafts<Content>;
  /** One attempt. */
  post: (content: Content, key: string, signal: AbortSignal) => Promise<Answer>;
  /** `sentAt`: when the attempt began that was answered. */
  onPublished: (answer: Answer, content: Content, sentAt: number) => void;
}

const EDITING: Publication = { state: "editing", problem: null, mayHaveArrived: false };
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 10_000;
/** A service knows a key for 48 hours. Later the same request would be done a second time. */
const KEY_LASTS_MS = 47 * 3_600_000;

export function usePublication<Content, Answer>(options: Options<Content, Answer>) {
  const { drafts } = options;
  const [publication, setPublication] = useState<Publication>(() =>
    drafts.read()?.sent ? { state: "sending" } : EDITING,
  );
  const running = useRef<AbortController | null>(null);
  const latest = useRef(options);
  latest.current = options;

  const run = useCallback(async (content: Content, key: string) => {
    running.current?.abort();
    const controller = new AbortController();
    const { signal } = controller;
    running.current = controller;
    setPublication({ state: "sending" });
    for (let attempt = 0; ; attempt += 1) {
      if (Date.now() - (latest.current.drafts.read()?.sentAt ?? Date.now()) > KEY_LASTS_MS) {
        latest.current.drafts.unsend();
        setPublication({ state: "editing", problem: null, mayHaveArrived: true });
        return;
      }
      const sentAt = Date.now();
      try {
        const answer = await latest.current.post(content, key, signal);
        if (signal.aborted) return;
        latest.current.drafts.clear();
        setPublication({ state: "published" });
        latest.current.onPublished(answer, content, sentAt);
        return;
      } catch (thrown) {
        if (signal.aborted) return;
        const problem = asProblem(thrown);
        if (!isWorthRepeating(problem)) {
          latest.current.drafts.unsend();
          setPublication({ state: "editing", problem, mayHaveArrived: false });
          return;
        }
        setPublication({ state: "waiting", problem });
        await pause(pauseAfter(attempt, problem), signal);
        if (signal.aborted) return;
      }
    }
  }, []);

  const publish = useCallback(
    (content: Content) => {
      const draft = drafts.send(content);
      void run(draft.sent ?? content, draft.key);
    },
    [drafts, run],
  );

  const cancel = useCallback(() => {
    running.current?.abort();
    drafts.unsend();
    setPublication({ state: "editing", problem: null, mayHaveArrived: true });
  }, [drafts]);

  const reset = useCallback(() => setPublication(EDITING), []);

  // What was under way when the page went away goes on.
  useEffect(() => {
    const draft = drafts.read();
    if (draft?.sent) void run(draft.sent, draft.key);
    return () => running.current?.abort();
  }, [drafts, run]);

  return { publication, publish, cancel, reset };
}

/** Whether the same request may be answered otherwise later, or was perhaps done already. */
export function isWorthRepeating({ kind, status, type }: Problem): boolean {
  return kind === "unreachable" || status >= 500 || status === 429 || type === "request-in-flight";
}

export function pauseAfter(attempt: number, { retryAfterSeconds }: Problem): number {
  return Math.max(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt), (retryAfterSeconds ?? 0) * 1000);
}

/** Until the time is over, or the network is back, or nobody waits any more. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      window.removeEventListener("online", end);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    window.addEventListener("online", end);
    signal.addEventListener("abort", end);
  });
}
