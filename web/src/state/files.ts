/** Where the bytes of files are: addresses with tickets, asked for together, and kept until they end. */

import type { Api } from "../gateway/api";
import type { FileLinks, Id } from "../gateway/protocol";

/** How a file is looked at: `keep` is for saving it; the others can be shown where they stand. */
export type FileView = "keep" | "whole" | "small" | "large";

const AT_ONCE = 100;
/** A link that ends so soon is not handed out any more: a video may be watched for a while. */
const SPARE_MS = 15 * 60_000;

interface Ticket {
  ticket: string;
  origin: string;
  expiresMs: number;
}
interface Asker {
  resolve: (ticket: Ticket) => void;
  reject: (error: unknown) => void;
}

export class Files {
  readonly #tickets = new Map<Id, Ticket>();
  #asking = new Map<Id, Asker[]>();

  constructor(
    private readonly api: Pick<Api, "fileLinks">,
    private readonly now: () => number = () => Date.now(),
  ) {}

  /** An address that an element can show. */
  async url(id: Id, view: FileView = "whole"): Promise<string> {
    const { origin, ticket } = await this.#ticket(id);
    return `${origin}/api/files/${id}${view === "keep" ? "" : `/${view}`}?t=${ticket}`;
  }

  /** Saves a file where the browser saves what one downloads. */
  async save(id: Id, name: string): Promise<void> {
    const link = document.createElement("a");
    link.href = await this.url(id, "keep");
    link.download = name;
    link.rel = "noreferrer";
    link.click();
  }

  /** Nobody is logged in any more: nothing of it stays. */
  forget(): void {
    this.#tickets.clear();
  }

  #ticket(id: Id): Promise<Ticket> {
    const known = this.#tickets.get(id);
    if (known !== undefined && known.expiresMs - this.now() > SPARE_MS) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      if (this.#asking.size === 0) queueMicrotask(() => setTimeout(() => void this.#ask(), 0));
      this.#asking.set(id, [...(this.#asking.get(id) ?? []), { resolve, reject }]);
    });
  }

  async #ask(): Promise<void> {
    const asking = [...this.#asking];
    this.#asking = new Map();
    for (let at = 0; at < asking.length; at += AT_ONCE) await this.#askFor(asking.slice(at, at + AT_ONCE));
  }

  async #askFor(some: readonly [Id, Asker[]][]): Promise<void> {
    try {
      const links = await this.api.fileLinks(some.map(([id]) => id));
      for (const [id, askers] of some) {
        const ticket = this.#keep(id, links);
        for (const asker of askers) asker.resolve(ticket);
      }
    } catch (error) {
      for (const asker of some.flatMap(([, askers]) => askers)) asker.reject(error);
    }
  }

  #keep(id: Id, links: FileLinks): Ticket {
    const made = { ticket: links.tickets[id] ?? "", origin: links.origin, expiresMs: links.expires_ms };
    this.#tickets.set(id, made);
    return made;
  }
}
