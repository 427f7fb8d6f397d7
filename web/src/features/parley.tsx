/** The client for components: one context, and hooks that follow its stores. */

import {
  type CSSProperties,
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
} from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import { PictureOf } from "../components/Avatar";
import type { Channel, Id, Presence } from "../gateway/protocol";
import { legible } from "../lib/colour";
import { asRequestError } from "../lib/errors";
import { compareIds } from "../lib/ids";
import { channelTree, rowsOf } from "../state/channelTree";
import type { Account, Connection, Parley } from "../state/parley";
import { EVERYTHING, IN_CONVERSATION, may, type PermissionName, permissionsOf } from "../state/permissions";
import { colourIn, nameIn, type Place, placeOf } from "../state/places";
import { type Settings, settings } from "../state/settings";
import { toast, type Ui, ui } from "../state/ui";
import type { GroupState, World } from "../state/world";
import type { CallState } from "../voice/callState";

export { nameOf } from "../state/places";

const Context = createContext<Parley | null>(null);

export function ParleyProvider({ parley, children }: { parley: Parley; children: ReactNode }) {
  return (
    <Context value={parley}>
      <PictureOf value={usePictureOf}>{children}</PictureOf>
    </Context>
  );
}

function usePictureOf(id: Id): string | null {
  return useWorld((world) => world.users[id]?.avatar ?? null);
}

export function useParley(): Parley {
  const parley = useContext(Context);
  if (parley === null) throw new Error("There is no ParleyProvider around this component.");
  return parley;
}

export const useWorld = <T,>(select: (world: World) => T): T => useStore(useParley().world, select);
export const useAccount = <T,>(select: (account: Account) => T): T => useStore(useParley().account, select);
export const useConnection = <T,>(select: (connection: Connection) => T): T =>
  useStore(useParley().connection, select);
export const useCall = <T,>(select: (call: CallState) => T): T => useStore(useParley().call.store, select);
export const useSettings = <T,>(select: (settings: Settings) => T): T => useStore(settings, select);
export const useUi = <T,>(select: (ui: Ui) => T): T => useStore(ui, select);

export function useMyId(): Id {
  return useWorld((world) => world.me?.id ?? "");
}

/** Groups in the order they were made. */
export function useGroups(): GroupState[] {
  const groups = useWorld((world) => world.groups);
  return useMemo(() => Object.values(groups).sort((a, b) => compareIds(a.group.id, b.group.id)), [groups]);
}

/** A group's channels as they stand below one another, categories among them. */
export function useChannels(groupId: Id): Channel[] {
  const channels = useWorld(
    useShallow((world) => Object.values(world.channels).filter((each) => each.group_id === groupId)),
  );
  return useMemo(() => rowsOf(channelTree(channels)), [channels]);
}

/** How somebody is called, in a group if there is one. */
export function useName(id: Id, groupId: Id | null = null): string {
  return useWorld((world) => nameIn(world, groupId, id));
}

/** The style of somebody's name in a group, by their highest role with a colour. */
export function useNameStyle(id: Id, groupId: Id | null): CSSProperties | undefined {
  const colour = useWorld((world) => colourIn(world, groupId, id));
  return useMemo(() => (colour === null ? undefined : { color: legible(colour) }), [colour]);
}

/** What a role is called; null where there is none of that id. */
export function useNameOfRole(groupId: Id, roleId: Id | null): string | null {
  return useWorld((world) => world.groups[groupId]?.roles.find((each) => each.id === roleId)?.name ?? null);
}

/** A channel or a conversation, as people see it; null when it is not there. */
export function usePlace(id: Id): Place | null {
  return useWorld(useShallow((world) => placeOf(world, id)));
}

/** Whether somebody is there; asks for it as long as it is shown. One's own is as others see it. */
export function usePresence(id: Id | null): Presence | undefined {
  const parley = useParley();
  useEffect(() => (id === null ? undefined : parley.presences.watch(id)), [parley, id]);
  return useWorld((world) => (id === null ? undefined : world.presences[id]));
}

/** Whether this person may do something: in a channel, in the group, or (without a group) in a conversation. */
export function useMay(groupId: Id | null, channelId: Id | null = null): (name: PermissionName) => boolean {
  const bits = useWorld((world) => {
    if (groupId === null) return channelId !== null && channelId in world.conversations ? IN_CONVERSATION : 0;
    const state = world.groups[groupId];
    const channel = channelId === null ? null : world.channels[channelId];
    if (!state || channel === undefined) return 0;
    return permissionsOf(
      { group: state.group, roles: state.roles, member: state.member },
      channel,
      Date.now(),
      channel?.category_id ? world.channels[channel.category_id] : null,
    );
  });
  return useCallback((name) => may(bits & EVERYTHING, name), [bits]);
}

/** Turns what went wrong into words: this client's own where it knows the code, else the server's. */
export function useErrorText(): (error: unknown) => string {
  const { t, i18n } = useTranslation();
  return useCallback(
    (error) => {
      const failure = asRequestError(error);
      const key = `error.${failure.code}`;
      return i18n.exists(key) ? t(key, failure.data) : failure.message || t("error.unexpected");
    },
    [t, i18n],
  );
}

/** Runs something that may fail; a failure is told in a toast. */
export function useAttempt(): (work: () => Promise<unknown>) => Promise<boolean> {
  const say = useErrorText();
  return useCallback(
    async (work) => {
      try {
        await work();
        return true;
      } catch (error) {
        toast(say(error));
        return false;
      }
    },
    [say],
  );
}
