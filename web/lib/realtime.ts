/**
 * One socket for an organization: it tells every event once and in order, and says how it stands with the connection.
 *
 * It comes back by itself where it was. When the gateway cannot tell what was missed, `onGap` says so, and everything is to be fetched anew.
 */
import { type Client, data } from "@/lib/api/client";
import type { Event } from "@/lib/events";
import { Problem } from "@/lib/problem";
import type { Connection } from "@/lib/store";

interface Options {
  slug: string;
  api: Client;
  /** A token that is good for a while; another one than before when that ends soon. */
  token: () => Promise<string>;
  onEvent: (event: Event) => void;
  onGap: () => void;
  onConnection: (connection: Connection) => void;
}

/** Frames of the gateway (services/realtime-gateway/README.md). */
type Frame =
  | { type: "hello"; position: string; recovered: boolean; retry_after_ms: number }
  | { type: "heartbeat" | "renewed" | "refused"; position: string }
  | Event;

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
/** Shorter interruptions nobody needs to hear of. */
const SHOWN_AFTER_MS = 3000;
/** Three heartbeats. */
const SILENCE_MS = 45_000;
/** Twice in the 30 s for which a token is good at least. */
const RENEW_EVERY_MS = 12_000;
/** Access was taken back: asking for another ticket tells whether a new token helps, as after a change of one's role. */
const REVOKED = 4401;
const TOO_MANY = 4429;
const TOO_MANY_DELAY_MS = 60_000;

/** Full jitter: anything up to a bound that doubles, so that a thousand browsers do not come back at once. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  return random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
}

/** 3xxx: come back. From 3500 on, but for these: there is nothing to come back for. 1xxx: the network did it. */
export function mayComeBack(code: number): boolean {
  return code < 3500 || code === REVOKED || code === TOO_MANY;
}

export class Realtime {
  private socket: WebSocket | null = null;
  private position: string | null = null;
  private attempt = 0;
  private sentToken = "";
  private isStopped = false;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private notice: ReturnType<typeof setTimeout> | undefined;
  private readonly renewal: ReturnType<typeof setInterval>;

  constructor(private readonly options: Options) {
    this.renewal = setInterval(() => void this.renew(), RENEW_EVERY_MS);
    window.addEventListener("online", this.comeBackNow);
    window.addEventListener("offline", this.wentOffline);
    void this.connect();
  }

  stop(): void {
    this.isStopped = true;
    window.removeEventListener("online", this.comeBackNow);
    window.removeEventListener("offline", this.wentOffline);
    clearInterval(this.renewal);
    for (const timer of [this.retry, this.silence, this.notice]) clearTimeout(timer);
    this.socket?.close();
  }

  private async connect(): Promise<void> {
    try {
      const { ticket } = await data(this.options.api.POST("/realtime/v1/tickets"));
      this.sentToken = await this.options.token();
      if (this.isStopped) return;
      this.listen(new WebSocket(this.address(ticket)));
    } catch (thrown) {
      if (thrown instanceof Problem && thrown.kind === "refused" && thrown.status !== 429) this.disconnected();
      else this.comeBackLater();
    }
  }

  private address(ticket: string): string {
    const address = new URL(`/realtime/v1/${encodeURIComponent(this.options.slug)}`, window.location.href);
    address.protocol = address.protocol.replace("http", "ws");
    address.searchParams.set("ticket", ticket);
    if (this.position) address.searchParams.set("since", this.position);
    return address.href;
  }

  private listen(socket: WebSocket): void {
    this.socket = socket;
    this.expectFrames();
    socket.onmessage = ({ data: text }) => {
      this.expectFrames();
      this.take(JSON.parse(String(text)) as Frame);
    };
    socket.onclose = ({ code }) => {
      clearTimeout(this.silence);
      if (this.isStopped || this.socket !== socket) return;
      this.socket = null;
      this.disconnected();
      if (mayComeBack(code)) this.comeBackLater(code === TOO_MANY ? TOO_MANY_DELAY_MS : 0);
    };
  }

  private take(frame: Frame): void {
    if (frame.type === "hello" && "recovered" in frame) {
      // Without a position what was fetched until now may be older than what is told from now on.
      const isWhole = this.position !== null && frame.recovered;
      if (!isWhole) setTimeout(() => !this.isStopped && this.options.onGap(), frame.retry_after_ms);
      this.connected();
    } else if ("data" in frame) {
      this.options.onEvent(frame);
    }
    this.position = frame.position;
  }

  private async renew(): Promise<void> {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    try {
      const token = await this.options.token();
      if (token === this.sentToken || this.socket?.readyState !== WebSocket.OPEN) return;
      this.sentToken = token;
      this.socket.send(JSON.stringify({ type: "renew", token }));
    } catch {
      // Without a token the socket ends when its own does, and coming back tells why.
    }
  }

  private connected(): void {
    this.attempt = 0;
    clearTimeout(this.notice);
    this.notice = undefined;
    this.options.onConnection("connected");
  }

  private disconnected(): void {
    if (!navigator.onLine) this.options.onConnection("offline");
    else this.notice ??= setTimeout(() => this.options.onConnection("reconnecting"), SHOWN_AFTER_MS);
  }

  private comeBackLater(atLeast = 0): void {
    this.disconnected();
    clearTimeout(this.retry);
    this.retry = setTimeout(() => void this.connect(), atLeast + backoff(this.attempt));
    this.attempt += 1;
  }

  private readonly comeBackNow = (): void => {
    if (this.socket) {
      // It was not away for long enough to be noticed by the connection.
      if (this.socket.readyState === WebSocket.OPEN) this.options.onConnection("connected");
      return;
    }
    clearTimeout(this.retry);
    void this.connect();
  };

  private readonly wentOffline = (): void => this.options.onConnection("offline");

  private expectFrames(): void {
    clearTimeout(this.silence);
    const socket = this.socket;
    // A dead connection is not always told to be one; onclose may come much later, so it is not waited for.
    this.silence = setTimeout(() => {
      if (!socket || this.socket !== socket) return;
      this.socket = null;
      socket.close();
      this.comeBackLater();
    }, SILENCE_MS);
  }
}
