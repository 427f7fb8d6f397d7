/** What a world holds. */

import type {
  Addition,
  AllowedMentions,
  Announcement,
  Channel,
  Conversation,
  Cursor,
  Emoji,
  GatewayEvent,
  Group,
  Id,
  Level,
  Me,
  Member,
  Message,
  Participant,
  Presence,
  Relation,
  Report,
  Role,
  Section,
  SectionInput,
  User,
  VoiceState,
} from "../../gateway/protocol";
import type { History } from "../history";

export interface GroupState {
  group: Group;
  roles: readonly Role[];
  emojis: readonly Emoji[];
  /** One's own membership. */
  member: Member;
  memberCount: number;
}

/** A message on its way to the server. */
export interface Outgoing {
  nonce: string;
  channelId: Id;
  /** As it is drawn. */
  sections: Section[];
  /** As it is sent. */
  input: SectionInput[];
  allowedMentions: AllowedMentions | null;
  sinceMs: number;
  state: "pending" | "failed";
  /** Stable code of what went wrong. */
  error: string | null;
  errorMessage: string | null;
  /** What its sentence needs. */
  errorData: Readonly<Record<string, unknown>>;
}

export interface World {
  me: Me | null;
  announcement: Announcement | null;
  users: Readonly<Record<Id, User>>;
  groups: Readonly<Record<Id, GroupState>>;
  channels: Readonly<Record<Id, Channel>>;
  /** By the id of their channel. */
  conversations: Readonly<Record<Id, Conversation>>;
  /** The newest message of a conversation, null for none; absent while it is not known. */
  lastMessages: Readonly<Record<Id, Message | null>>;
  /** Of channels and of conversations. */
  cursors: Readonly<Record<Id, Cursor>>;
  /** Keys are made by `levelKey`. */
  levels: Readonly<Record<string, Level>>;
  /** By the id of the other person. */
  relations: Readonly<Record<Id, Relation>>;
  /** Of those who are watched. */
  presences: Readonly<Record<Id, Presence>>;
  /** Group -> user -> what is known of a membership: of those who wrote what is shown, and others that were met. */
  memberships: Readonly<Record<Id, Readonly<Record<Id, Member>>>>;
  additions: readonly Addition[];
  /** Reports that were told since the snapshot, by id: the newest state of each. */
  reports: Readonly<Record<Id, Report>>;
  histories: Readonly<Record<Id, History>>;
  /** Message -> what one reacted with oneself. */
  reacted: Readonly<Record<Id, readonly string[]>>;
  /** Messages that replies point to; null for one that is gone. */
  quoted: Readonly<Record<Id, Message | null>>;
  outbox: Readonly<Record<Id, readonly Outgoing[]>>;
  /** Channel -> user -> until when. */
  typing: Readonly<Record<Id, Readonly<Record<Id, number>>>>;
  voice: Readonly<Record<Id, readonly VoiceState[]>>;
  speaking: Readonly<Record<Participant, true>>;
  slots: Readonly<Record<Id, readonly Participant[]>>;
  /** False until the first snapshot. */
  loaded: boolean;
}

export const emptyWorld: World = {
  me: null,
  announcement: null,
  users: {},
  groups: {},
  channels: {},
  conversations: {},
  lastMessages: {},
  cursors: {},
  levels: {},
  relations: {},
  presences: {},
  memberships: {},
  additions: [],
  reports: {},
  histories: {},
  reacted: {},
  quoted: {},
  outbox: {},
  typing: {},
  voice: {},
  speaking: {},
  slots: {},
  loaded: false,
};

/** How each event of some types changes a world. */
export type Reducers<T extends GatewayEvent["type"]> = {
  [K in T]: (world: World, event: Extract<GatewayEvent, { type: K }>, nowMs: number) => World;
};
