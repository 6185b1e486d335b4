/**
 * Drafts of what is to be published: they survive a reload, and each has one Idempotency-Key, so that sending it again after a lost answer
 * never makes a second one.
 */

export interface Draft<Content> {
  /** The Idempotency-Key of its publication. */
  key: string;
  content: Content;
  /** What was sent and is not answered yet: it must be sent again exactly so, whatever the draft says meanwhile. */
  sent: Content | null;
  /** When it was sent first, in milliseconds: services forget keys. */
  sentAt: number | null;
}

/** One of each kind and organization, for example `new Drafts<Incident>("incident", organization.id)`. */
export class Drafts<Content> {
  private readonly name: string;

  constructor(
    kind: string,
    organizationId: string,
    private readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem"> = localStorage,
  ) {
    this.name = `tidings draft ${organizationId} ${kind}`;
  }

  read(): Draft<Content> | null {
    const written = this.storage.getItem(this.name);
    if (written === null) return null;
    try {
      return JSON.parse(written) as Draft<Content>;
    } catch {
      return null; // of another release, or of nobody of ours
    }
  }

  /** Keeps what was typed, under the key that the draft has. */
  write(content: Content): Draft<Content> {
    const before = this.read();
    return this.keep({
      key: before?.key ?? crypto.randomUUID(),
      content,
      sent: before?.sent ?? null,
      sentAt: before?.sentAt ?? null,
    });
  }

  /** Before it is sent for the first time, so that a reload knows that it may have arrived. */
  send(content: Content): Draft<Content> {
    const before = this.read();
    return this.keep({
      key: before?.key ?? crypto.randomUUID(),
      content,
      sent: before?.sent ?? content,
      sentAt: before?.sentAt ?? Date.now(),
    });
  }

  /** It was refused, or cancelled: nothing is on its way, and what is sent next is another request. */
  unsend(): void {
    const before = this.read();
    if (before) this.keep({ key: crypto.randomUUID(), content: before.content, sent: null, sentAt: null });
  }

  /** It was answered, or thrown away. */
  clear(): void {
    this.storage.removeItem(this.name);
  }

  private keep(draft: Draft<Content>): Draft<Content> {
    this.storage.setItem(this.name, JSON.stringify(draft));
    return draft;
  }
}
