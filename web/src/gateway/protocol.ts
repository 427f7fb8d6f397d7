/** The shapes of docs/protocol.md. Ids are decimal strings; `_ms` are Unix milliseconds. */

export type Id = string;
/** 32-bit number of one voice connection; the CSRC of its packets. */
export type Participant = number;

export interface User {
  id: Id;
  username: string;
  display_name: string;
}
export interface Me extends User {
  operator: boolean;
}
export interface Group {
  id: Id;
  name: string;
  owner_id: Id;
}
export interface Role {
  id: Id;
  group_id: Id;
  name: string;
  permissions: number;
  position: number;
}
export interface Overwrite {
  target: "role" | "member";
  target_id: Id;
  allow: number;
  deny: number;
}
export type ChannelKind = "text" | "voice";
export interface Channel {
  id: Id;
  group_id: Id;
  kind: ChannelKind;
  name: string;
  topic: string;
  position: number;
  category_id: Id | null;
  slow_mode_s: number;
  overwrites: Overwrite[];
  last_message_id: Id | null;
}
export interface Member {
  group_id: Id;
  user_id: Id;
  role_ids: Id[];
  joined_ms: number;
  timed_out_until_ms: number | null;
}
export type Section =
  | { kind: "text"; text: string }
  | { kind: "code"; code: string; language: string }
  | { kind: "reply"; message_id: Id };
export interface Message {
  id: Id;
  channel_id: Id;
  author_id: Id;
  sections: Section[];
  edited_ms: number | null;
  nonce: string | null;
}
export interface Cursor {
  channel_id: Id;
  last_read_id: Id | null;
  unread: number;
}
export interface Invite {
  code: string;
  group_id: Id;
  channel_id: Id | null;
  creator_id: Id;
  expires_ms: number | null;
  max_uses: number | null;
  uses: number;
}
export interface Addition {
  id: Id;
  group_id: Id;
  group_name: string;
  inviter: User;
  user_id: Id;
}
export interface VoiceState {
  channel_id: Id;
  user_id: Id;
  participant: Participant;
  muted: boolean;
  deafened: boolean;
  may_speak: boolean;
  connected: boolean;
}
export interface GroupView {
  group: Group;
  channels: Channel[];
  roles: Role[];
  member: Member;
  member_count: number;
  cursors: Cursor[];
  voice: VoiceState[];
}

export interface Limits {
  username_min: number;
  username_max: number;
  display_name_max: number;
  password_min: number;
  password_max: number;
  group_name_max: number;
  channel_name_max: number;
  topic_max: number;
  text_max: number;
  sections_max: number;
}
export interface ServerInfo {
  name: string;
  version: string;
  sign_up: string;
  limits: Limits;
  heartbeat_interval_ms: number;
}
export interface Session {
  access_token: string;
  expires_in_s: number;
  session_id: Id;
  me: Me;
}
export interface MessagePage {
  messages: Message[];
  users: User[];
  has_before: boolean;
  has_after: boolean;
}
export interface InvitePreview {
  invite: { code: string; expires_ms: number | null };
  group: { id: Id; name: string };
  inviter: User;
  member_count: number;
}

export interface ErrorBody {
  code: string;
  message: string;
  data?: Record<string, unknown>;
}

// ------------------------------------------------------------------------------------------------------------- gateway

export interface Ready {
  type: "ready";
  session: string;
  me: Me;
  groups: GroupView[];
  additions: Addition[];
  users: User[];
  resume_within_ms: number;
}

export type GatewayEvent =
  | { type: "user.update"; user: User }
  | { type: "group.join"; view: GroupView }
  | { type: "group.update"; group: Group }
  | { type: "group.leave"; group_id: Id }
  | { type: "channel.update"; channel: Channel; cursor: Cursor | null; voice: VoiceState[] }
  | { type: "channel.delete"; group_id: Id; channel_id: Id }
  | { type: "role.update"; role: Role }
  | { type: "role.delete"; group_id: Id; role_id: Id }
  | { type: "member.join"; member: Member; user: User; member_count: number }
  | { type: "member.update"; member: Member }
  | { type: "member.leave"; group_id: Id; user_id: Id; member_count: number }
  | { type: "message.create"; message: Message; author: User }
  | { type: "message.update"; message: Message }
  | { type: "message.delete"; channel_id: Id; message_id: Id }
  | { type: "cursor.update"; cursor: Cursor }
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

/** Requests of the gateway: what each carries and what comes back. */
export interface Requests {
  "message.create": [
    { channel_id: Id; nonce: string; sections: Section[] },
    { message: Message; author: User },
  ];
  "message.edit": [
    { channel_id: Id; message_id: Id; sections: Section[] },
    { message: Message; author: User },
  ];
  "message.delete": [{ channel_id: Id; message_id: Id }, Record<string, never>];
  "typing.start": [{ channel_id: Id }, Record<string, never>];
  "cursor.move": [{ channel_id: Id; message_id: Id }, Cursor];
  "voice.prepare": [{ channel_id: Id }, VoicePrepared];
  "voice.offer": [VoiceOffer, VoiceAnswer];
  "voice.update": [{ participant: Participant; muted?: boolean; deafened?: boolean }, VoiceState];
  "voice.ignore": [{ participant: Participant; ignored: Participant[] }, Record<string, never>];
  "voice.leave": [{ participant: Participant }, Record<string, never>];
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
