/** The bytes of files that are shown: fetched once with the access token, and kept as long as the page has room for them. */

import type { Api } from "../gateway/api";
import type { Id } from "../gateway/protocol";

const KEPT = 40;

export class Files {
  /** In the order of use, the oldest first. */
  readonly #urls = new Map<Id, Promise<string>>();

  constructor(
    private readonly api: Pick<Api, "file">,
    private readonly makeUrl: (bytes: Blob) => string = (bytes) => URL.createObjectURL(bytes),
    private readonly dropUrl: (url: string) => void = (url) => URL.revokeObjectURL(url),
  ) {}

  /** An address inside this page. */
  url(id: Id): Promise<string> {
    const known = this.#urls.get(id);
    const url = known ?? this.api.file(id).then(this.makeUrl);
    this.#urls.delete(id);
    this.#urls.set(id, url);
    if (!known) {
      url.catch(() => this.#urls.delete(id));
      this.#tidy();
    }
    return url;
  }

  /** Saves a file where the browser saves what one downloads. */
  async save(id: Id, name: string): Promise<void> {
    const link = document.createElement("a");
    link.href = await this.url(id);
    link.download = name;
    link.click();
  }

  /** Nobody is logged in any more: nothing of it stays. */
  forget(): void {
    for (const id of [...this.#urls.keys()]) this.#drop(id);
  }

  #tidy(): void {
    for (const id of [...this.#urls.keys()].slice(0, Math.max(0, this.#urls.size - KEPT))) this.#drop(id);
  }

  #drop(id: Id): void {
    const url = this.#urls.get(id);
    this.#urls.delete(id);
    url?.then(this.dropUrl).catch(() => undefined);
  }
}
