/** Files that will go with the next message of a place: sent ahead, one after the other, each with its progress. */

import { createStore, type StoreApi } from "zustand/vanilla";
import type { FileSection, Id } from "../gateway/protocol";
import type { Upload as Send } from "../gateway/upload";
import { asRequestError, RequestError } from "../lib/errors";

export interface Upload {
  key: number;
  file: File;
  /** Spoken as a message. */
  voice: boolean;
  /** 0 to 1. */
  progress: number;
  state: "waiting" | "uploading" | "done" | "failed";
  error: RequestError | null;
  /** As a message names it, once it is there. */
  section: FileSection | null;
}

export type AllUploads = Readonly<Record<Id, readonly Upload[]>>;

const NONE: readonly Upload[] = [];

export class Uploads {
  readonly store: StoreApi<AllUploads> = createStore<AllUploads>(() => ({}));
  readonly #aborts = new Map<number, AbortController>();
  #next = 1;
  #busy = false;

  constructor(
    private readonly token: (fresh: boolean) => Promise<string>,
    private readonly send: Send = async (...args) => (await import("../gateway/upload")).upload(...args),
  ) {}

  of(channel: Id): readonly Upload[] {
    return this.store.getState()[channel] ?? NONE;
  }

  /** At most so many stand in one message, and each may be so large. */
  add(channel: Id, files: readonly File[], max: { files: number; bytes: number }, voice = false): void {
    const room = Math.max(0, max.files - this.of(channel).length);
    const added = files.slice(0, room).map((file): Upload => {
      const large = file.size > max.bytes;
      const error = large ? new RequestError("too_large", "The file is too large.") : null;
      return {
        key: this.#next++,
        file,
        voice,
        progress: 0,
        state: large ? "failed" : "waiting",
        error,
        section: null,
      };
    });
    this.#change(channel, (all) => [...all, ...added]);
    void this.#pump();
  }

  /** Takes a file out again, whether it is under way or not. */
  remove(channel: Id, key: number): void {
    this.#aborts.get(key)?.abort();
    this.#change(channel, (all) => all.filter((each) => each.key !== key));
  }

  retry(channel: Id, key: number): void {
    this.#set(channel, key, { state: "waiting", progress: 0, error: null });
    void this.#pump();
  }

  /** The files for a message that is sent now; they are no longer here then. */
  take(channel: Id): FileSection[] {
    const sections = this.of(channel).flatMap((each) => each.section ?? []);
    this.#change(channel, (all) => all.filter((each) => each.section === null));
    return sections;
  }

  forget(): void {
    for (const abort of this.#aborts.values()) abort.abort();
    this.store.setState({}, true);
  }

  async #pump(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      let next = this.#waiting();
      while (next !== null) {
        await this.#upload(next.channel, next.upload);
        next = this.#waiting();
      }
    } finally {
      this.#busy = false;
    }
  }

  #waiting(): { channel: Id; upload: Upload } | null {
    for (const [channel, all] of Object.entries(this.store.getState())) {
      const upload = all.find((each) => each.state === "waiting");
      if (upload) return { channel, upload };
    }
    return null;
  }

  async #upload(channel: Id, { key, file, voice }: Upload): Promise<void> {
    const abort = new AbortController();
    this.#aborts.set(key, abort);
    this.#set(channel, key, { state: "uploading" });
    const tell = (progress: number): void => this.#set(channel, key, { progress });
    try {
      const found = await this.send(file, file.name || "file", this.token, tell, abort.signal, { voice });
      this.#set(channel, key, { state: "done", progress: 1, section: { kind: "file", ...found } });
    } catch (error) {
      this.#set(channel, key, { state: "failed", error: asRequestError(error) });
    } finally {
      this.#aborts.delete(key);
    }
  }

  #set(channel: Id, key: number, change: Partial<Upload>): void {
    this.#change(channel, (all) => all.map((each) => (each.key === key ? { ...each, ...change } : each)));
  }

  #change(channel: Id, change: (all: readonly Upload[]) => readonly Upload[]): void {
    this.store.setState((all) => ({ ...all, [channel]: change(all[channel] ?? NONE) }));
  }
}
