/**
 * The list of a group's members beside a channel, by pages: those online first, by their highest hoisted role, then the others.
 * The server puts it in order; it is read anew a while after something changed that may move somebody, and seldom at that.
 */

import { createStore, type StoreApi } from "zustand/vanilla";
import type { Api } from "../gateway/api";
import type { Id, Member, Role, RosterPage, RosterSection } from "../gateway/protocol";
import { type World, withMembers, withUsers } from "./world";

export const PAGE = 100;
/** What comes together is one change. */
export const SETTLE_MS = 1_000;
/** However much happens, it is read at most this often, and that not by all clients in the same moment; small groups more often. */
export const EVERY_MS = 10_000;
const EVERY_MS_OF_EACH_MEMBER = 20;
const JITTER = 0.3;
/** People who are not in view come and go unseen; so often the list is put right in any case. */
export const RENEW_MS = 120_000;
/** Of a long list that was paged through, so much is read anew; the rest comes again when one scrolls there. */
const RENEWED_PAGES = 5;

export interface RosterEntry {
  userId: Id;
  /** The key of a section, by `headOf`: their numbers hold for one page alone. */
  head: string;
}

export const headOf = (section: Pick<RosterSection, "role_id" | "online"> | undefined): string =>
  section?.online ? (section.role_id ?? "online") : "offline";

function entriesOf({ entries, sections }: RosterPage, known: readonly RosterEntry[] = []): RosterEntry[] {
  const there = new Set(known.map((each) => each.userId));
  return entries
    .filter(({ user_id }) => !there.has(user_id))
    .map(({ user_id, section }) => ({ userId: user_id, head: headOf(sections[section]) }));
}

export interface RosterState {
  sections: readonly RosterSection[];
  entries: readonly RosterEntry[];
  /** Where the next page begins; null when all are here. */
  next: string | null;
  /** False until the first page is here. */
  loaded: boolean;
  loading: boolean;
  failed: boolean;
}

const EMPTY: RosterState = {
  sections: [],
  entries: [],
  next: null,
  loaded: false,
  loading: false,
  failed: false,
};

export class Roster {
  readonly store: StoreApi<RosterState> = createStore<RosterState>(() => EMPTY);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueMs = Number.POSITIVE_INFINITY;
  #readMs = Number.NEGATIVE_INFINITY;
  #closed = true;
  /** What is being written into the world is what was read. */
  #taking = false;

  constructor(
    readonly groupId: Id,
    private readonly world: StoreApi<World>,
    private readonly api: Pick<Api, "roster">,
    private readonly now: () => number = Date.now,
    private readonly random: () => number = Math.random,
  ) {}

  /** Follow it as long as it is shown; the result lets go. */
  open(): () => void {
    this.#closed = false;
    const stop = this.world.subscribe((now, before) => this.#changed(now, before));
    void this.refresh();
    return () => {
      stop();
      this.#closed = true;
      clearTimeout(this.#timer);
      this.#dueMs = Number.POSITIVE_INFINITY;
    };
  }

  async loadMore(): Promise<void> {
    const { next, loading, failed, entries, loaded } = this.store.getState();
    if (loading && !failed) return;
    if (!loaded) return this.refresh();
    if (next === null) return;
    await this.#run(async () => {
      const page = await this.api.roster(this.groupId, next, PAGE);
      this.#take(page);
      return {
        sections: page.sections,
        entries: [...entries, ...entriesOf(page, entries)],
        next: page.next,
      };
    });
  }

  /** Read anew what is here. */
  async refresh(): Promise<void> {
    if (this.store.getState().loading) return;
    this.#readMs = this.now();
    const wanted = Math.max(1, Math.ceil(this.store.getState().entries.length / PAGE));
    await this.#run(async () => {
      let page = await this.api.roster(this.groupId, null, PAGE);
      this.#take(page);
      const entries = entriesOf(page);
      for (let count = 1; count < Math.min(wanted, RENEWED_PAGES) && page.next !== null; count += 1) {
        page = await this.api.roster(this.groupId, page.next, PAGE);
        this.#take(page);
        entries.push(...entriesOf(page, entries));
      }
      return { sections: page.sections, entries, next: page.next };
    });
    this.#due(this.now() + RENEW_MS);
  }

  async #run(read: () => Promise<Pick<RosterState, "sections" | "entries" | "next">>): Promise<void> {
    this.store.setState({ loading: true, failed: false });
    try {
      this.store.setState({ ...(await read()), loaded: true, loading: false });
    } catch {
      this.store.setState({ loading: false, failed: true });
    }
  }

  #take({ users, members, presences }: RosterPage): void {
    const known = Object.fromEntries(presences.map((each) => [each.user_id, each]));
    this.#taking = true;
    this.world.setState((world) => ({
      users: withUsers(world.users, users),
      memberships: withMembers(world.memberships, members),
      presences: { ...world.presences, ...known },
    }));
    this.#taking = false;
  }

  // ----------------------------------------------------------------------------------------------------------- changes

  #changed(now: World, before: World): void {
    if (this.#taking || !this.store.getState().loaded) return;
    this.#drop(now, before);
    if (this.#mayMove(now, before)) {
      const members = now.groups[this.groupId]?.memberCount ?? 0;
      const everyMs = Math.min(EVERY_MS, members * EVERY_MS_OF_EACH_MEMBER);
      const soonest = Math.max(this.now() + SETTLE_MS, this.#readMs + everyMs);
      this.#due(soonest + this.random() * JITTER * (soonest - this.now()));
    }
  }

  /** Who left is gone from the list at once. */
  #drop(now: World, before: World): void {
    const [is, was] = [now.memberships[this.groupId], before.memberships[this.groupId]];
    if (is === was) return;
    const { entries, sections } = this.store.getState();
    const left = entries.filter(({ userId }) => was?.[userId] && !is?.[userId]);
    if (left.length === 0) return;
    this.store.setState({
      entries: entries.filter((each) => !left.includes(each)),
      sections: sections.map((each) => ({
        ...each,
        count: each.count - left.filter(({ head }) => head === headOf(each)).length,
      })),
    });
  }

  #mayMove(now: World, before: World): boolean {
    const [is, was] = [now.groups[this.groupId], before.groups[this.groupId]];
    if (!is || !was) return false;
    if (is.memberCount !== was.memberCount) return true;
    if (is.roles !== was.roles && hoisting(is.roles) !== hoisting(was.roles)) return true;
    const { entries } = this.store.getState();
    const [members, known] = [now.memberships[this.groupId], before.memberships[this.groupId]];
    if (members !== known && entries.some(({ userId }) => differs(members?.[userId], known?.[userId])))
      return true;
    if (now.presences === before.presences) return false;
    return entries.some(({ userId, head }) => {
      const presence = now.presences[userId];
      if (presence === undefined || presence === before.presences[userId]) return false;
      return (presence.status === "offline") !== (head === "offline");
    });
  }

  #due(atMs: number): void {
    if (this.#closed || (atMs >= this.#dueMs && this.#dueMs > this.now())) return;
    clearTimeout(this.#timer);
    this.#dueMs = atMs;
    this.#timer = setTimeout(() => {
      this.#dueMs = Number.POSITIVE_INFINITY;
      void this.refresh();
    }, atMs - this.now());
  }
}

const hoisting = (roles: readonly Role[]): string =>
  roles
    .filter((each) => each.hoisted)
    .map(({ id, position }) => `${id}:${position}`)
    .sort()
    .join();

/** Whether somebody may stand elsewhere now: by role, or by name. */
function differs(is: Member | undefined, was: Member | undefined): boolean {
  if (is === was || !is || !was) return false;
  return is.nickname !== was.nickname || [...is.role_ids].sort().join() !== [...was.role_ids].sort().join();
}
