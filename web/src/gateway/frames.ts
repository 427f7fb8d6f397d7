/** The frames of the gateway. */

import type { ErrorBody, Written } from "./answers";
import type {
  Addition,
  AllowedMentions,
  Announcement,
  Channel,
  Conversation,
  ConversationView,
  Cursor,
  Emoji,
  Group,
  GroupView,
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
  SectionInput,
  User,
  VoiceState,
} from "./objects";

export interface Ready {
  type: "ready";
  session: string;
  me: Me;
  groups: GroupView[];
  conversations: ConversationView[];
  relations: Relation[];
  /** Without those that say nothing: `default` and not muted. */
  levels: Level[];
  additions: Addition[];
  users: User[];
  announcement: Announcement | null;
  resume_within_ms: number;
}

export type GatewayEvent =
  | { type: "user.update"; user: User }
  | { type: "me.update"; me: Me }
  | { type: "announcement.update"; announcement: Announcement | null }
  | { type: "group.join"; view: GroupView }
  | { type: "group.update"; group: Group }
  | { type: "group.leave"; group_id: Id }
  | { type: "channel.update"; channel: Channel; cursor: Cursor | null; voice: VoiceState[] }
  | { type: "channel.delete"; group_id: Id; channel_id: Id }
  | { type: "role.update"; role: Role }
  | { type: "role.delete"; group_id: Id; role_id: Id }
  | { type: "emoji.update"; emoji: Emoji }
  | { type: "emoji.delete"; group_id: Id; emoji_id: Id }
  | { type: "member.join"; member: Member; user: User; member_count: number }
  | { type: "member.update"; member: Member }
  | { type: "member.leave"; group_id: Id; user_id: Id; member_count: number }
  | { type: "message.create"; message: Message; author: User; member: Member | null; users: User[] }
  | { type: "message.update"; message: Message }
  | { type: "message.delete"; channel_id: Id; message_id: Id }
  | { type: "message.delete_bulk"; channel_id: Id; message_ids: Id[] }
  | {
      type: "reaction.update";
      channel_id: Id;
      message_id: Id;
      emoji: string;
      /** How many now. */
      count: number;
      user_id: Id;
      /** Whether this user is among them. */
      reacted: boolean;
    }
  | { type: "cursor.update"; cursor: Cursor }
  | { type: "level.update"; level: Level }
  | { type: "relation.update"; relation: Relation }
  | { type: "relation.delete"; user_id: Id }
  | { type: "conversation.update"; conversation: Conversation; cursor: Cursor | null; users: User[] }
  | { type: "conversation.delete"; channel_id: Id }
  | { type: "presence.update"; presence: Presence }
  | { type: "report.update"; report: Report }
  | { type: "typing.start"; channel_id: Id; user_id: Id }
  | { type: "addition.create"; addition: Addition }
  | { type: "addition.delete"; addition_id: Id }
  | { type: "voice.update"; state: VoiceState }
  | { type: "voice.leave"; channel_id: Id; user_id: Id; participant: Participant }
  | { type: "voice.speaking"; channel_id: Id; participant: Participant; speaking: boolean }
  | { type: "voice.slots"; channel_id: Id; slots: Participant[] }
  | { type: "voice.reset"; channel_id: Id; participant: Participant; reason: string; retry: boolean };

/** What the server says about the connection itself. Everything else is an event and is counted. */
export type ControlFrame =
  | { type: "hello"; heartbeat_interval_ms: number; identify_within_ms: number }
  | Ready
  | { type: "resumed"; replayed: number }
  | { type: "not_resumed" }
  | { type: "heartbeat_ack"; sent: number }
  | { type: "reply"; id: number; result: unknown }
  | { type: "error"; id: number | null; error: ErrorBody }
  | { type: "drain"; reconnect_after_ms: number };

export type ServerFrame = ControlFrame | GatewayEvent;

type Nothing = Record<string, never>;

/** Requests of the gateway: what each carries and what comes back. */
export interface Requests {
  "message.create": [
    { channel_id: Id; nonce: string; sections: SectionInput[]; allowed_mentions?: AllowedMentions },
    Written,
  ];
  "message.edit": [
    { channel_id: Id; message_id: Id; sections: SectionInput[]; allowed_mentions?: AllowedMentions },
    Written,
  ];
  "message.delete": [{ channel_id: Id; message_id: Id }, Nothing];
  "typing.start": [{ channel_id: Id }, Nothing];
  "cursor.move": [{ channel_id: Id; message_id: Id; unread?: boolean }, Cursor];
  "reaction.add": [{ channel_id: Id; message_id: Id; emoji: string }, Nothing];
  "reaction.remove": [{ channel_id: Id; message_id: Id; emoji: string }, Nothing];
  "presence.watch": [{ user_ids: Id[] }, { presences: Presence[] }];
  "presence.activity": [{ idle: boolean }, Nothing];
  "voice.prepare": [{ channel_id: Id }, VoicePrepared];
  "voice.offer": [VoiceOffer, VoiceAnswer];
  "voice.update": [{ participant: Participant; muted?: boolean; deafened?: boolean }, VoiceState];
  "voice.ignore": [{ participant: Participant; ignored: Participant[] }, Nothing];
  "voice.leave": [{ participant: Participant }, Nothing];
}
export interface VoicePrepared {
  ice_servers: RTCIceServer[];
  slots: number;
}
export interface VoiceOffer {
  channel_id: Id;
  negotiation: number;
  sdp: string;
  muted: boolean;
  deafened: boolean;
}
export interface VoiceAnswer {
  negotiation: number;
  sdp: string;
  participant: Participant;
  slots: Participant[];
  participants: VoiceState[];
}
export type RequestName = keyof Requests;

/** Sends one request over the gateway; rejects with a RequestError. */
export type SendRequest = <N extends RequestName>(name: N, fields: Requests[N][0]) => Promise<Requests[N][1]>;

export const CloseCode = {
  TOO_LARGE: 1009,
  UNREADABLE: 4001,
  IDENTIFY_FIRST: 4002,
  BAD_TOKEN: 4004,
  TOO_MANY_FRAMES: 4008,
  NO_HEARTBEAT: 4009,
  TOO_SLOW: 4010,
  SESSION_REVOKED: 4011,
  DRAINED: 4012,
  TOO_MANY_SOCKETS: 4013,
} as const;
