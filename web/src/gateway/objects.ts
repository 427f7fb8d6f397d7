/** The objects of docs/protocol.md. Ids are decimal strings; `_ms` are Unix milliseconds. */

export type Id = string;
/** 32-bit number of one voice connection; the CSRC of its packets. */
export type Participant = number;

export interface Named {
  id: Id;
  /** Empty: of a webhook, and of somebody who is gone. */
  username: string;
  display_name: string;
  /** Of `/api/avatars/<avatar>`; null or missing for none. */
  avatar?: string | null;
}
export interface User extends Named {
  kind?: UserKind;
}
export interface ProfileField {
  name: string;
  value: string;
}
/** What somebody says of themselves. */
export interface Profile {
  user: User;
  /** Of `/api/banners/<banner>`. */
  banner: string | null;
  /** Markdown. */
  bio: string;
  fields: ProfileField[];
}
export type UserKind = "person" | "bot" | "webhook" | "deleted";
export type DirectFrom = "everyone" | "groups" | "friends";
export type ChosenStatus = "online" | "idle" | "dnd" | "invisible";
/** What the operators of the server tell everybody. */
export interface Announcement {
  text: string;
  made_ms: number;
  until_ms: number | null;
}
export interface Me extends Named {
  operator: boolean;
  /** Who may begin a conversation with one. */
  direct_from: DirectFrom;
  status: ChosenStatus;
  status_text: string;
  /** When the text ends. */
  status_until_ms: number | null;
  /** When the account ends, as its owner asked for. */
  delete_after_ms?: number | null;
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
  /** Higher stands above; everyone's role has 0. */
  position: number;
  /** 0xRRGGBB. */
  colour: number | null;
  /** Its members stand together in the list of members. */
  hoisted: boolean;
  mentionable: boolean;
}
export interface Overwrite {
  target: "role" | "member";
  target_id: Id;
  allow: number;
  deny: number;
}
export type ChannelKind = "text" | "voice" | "category";
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
  nickname: string | null;
  role_ids: Id[];
  joined_ms: number;
  timed_out_until_ms: number | null;
}

export type PlainSection = { kind: "text"; text: string } | { kind: "code"; code: string; language: string };
/** What the server saw in a picture or a recording. */
export interface FileMedia {
  width?: number;
  height?: number;
  /** A blurred picture, in base64. */
  thumbhash?: string;
  animated?: boolean;
  duration_ms?: number;
  /** How loud it is from beginning to end: 100 bytes in base64. */
  waveform?: string;
  poster?: boolean;
  voice?: boolean;
}
export interface FileSection {
  kind: "file";
  file_id: Id;
  name: string;
  media_type: string;
  size_bytes: number;
  media?: FileMedia;
}
export interface ReplySection {
  kind: "reply";
  message_id: Id;
}
type SharedSection = { kind: "contact"; user_id: Id } | { kind: "invite"; code: string };
/** What can be passed on. */
export type CarriedSection = PlainSection | SharedSection | FileSection;
export interface ForwardSection {
  kind: "forward";
  sections: CarriedSection[];
  /** When the original was written. */
  sent_ms: number;
}
export type Section = CarriedSection | ReplySection | ForwardSection;
/** As a request names it: the server fills in what it knows of files and forwarded messages. */
export type SectionInput =
  | PlainSection
  | SharedSection
  | ReplySection
  | { kind: "file"; file_id: Id }
  | { kind: "forward"; channel_id: Id; message_id: Id };
/** Who is pinged by a message. */
export interface Mentions {
  user_ids: Id[];
  role_ids: Id[];
  everyone: boolean;
  /** Those who were connected when it was written. */
  here: boolean;
}
/** Narrows whom a message pings: a list that is given holds all that may be. */
export interface AllowedMentions {
  user_ids?: Id[];
  role_ids?: Id[];
  everyone?: boolean;
  replied_user?: boolean;
}
export interface Reaction {
  /** The characters of one Unicode emoji, or the id of a group's own. */
  emoji: string;
  count: number;
}
/** Of a page that a message links to; all of it is a stranger's plain text, and any of it may be empty. */
export interface Preview {
  url: string;
  title: string;
  description: string;
  site_name: string;
  /** Of `/api/previews/<id>`. */
  image: { id: string; width: number; height: number } | null;
}
export interface Message {
  id: Id;
  channel_id: Id;
  author_id: Id;
  sections: Section[];
  mentions: Mentions | null;
  /** In the order in which they came. */
  reactions: Reaction[];
  pinned: boolean;
  /** They come after the message, by an update of it. */
  previews?: Preview[];
  edited_ms: number | null;
  nonce: string | null;
}
/** A group's own. */
export interface Emoji {
  id: Id;
  group_id: Id;
  name: string;
  animated: boolean;
  creator_id: Id;
}
export interface Cursor {
  channel_id: Id;
  last_read_id: Id | null;
  /** Messages of others after it, without those of people whom one has blocked. */
  unread: number;
  /** Those of them that ping the reader. */
  mentions: number;
}
export type LevelKind = "default" | "all" | "mentions" | "none";
export type LevelScope = "group" | "channel";
/** Of what one wants to be told. */
export interface Level {
  scope: LevelScope;
  target_id: Id;
  level: LevelKind;
  muted_until_ms: number | null;
}
/** A channel outside of groups, of a few people; its id is that of its channel. */
export interface Conversation {
  id: Id;
  kind: "direct" | "group";
  name: string;
  /** Who made it; null for a direct one. */
  owner_id: Id | null;
  member_ids: Id[];
  last_message_id: Id | null;
}
export type RelationKind = "friend" | "incoming" | "outgoing" | "blocked";
export interface Relation {
  user: User;
  kind: RelationKind;
  since_ms: number;
}
export type Status = "online" | "idle" | "dnd" | "offline";
export interface Presence {
  user_id: Id;
  status: Status;
  text: string;
}
export interface Invite {
  code: string;
  group_id: Id;
  channel_id: Id | null;
  creator_id: Id;
  expires_ms: number | null;
  max_uses: number | null;
  uses: number;
  /** Whom it was mailed to. */
  email: string | null;
}
export interface Addition {
  id: Id;
  group_id: Id;
  group_name: string;
  inviter: User;
  user_id: Id;
}
export interface Ban {
  group_id: Id;
  user_id: Id;
  moderator_id: Id;
  reason: string;
  created_ms: number;
}
/** What holds off raids. */
export interface Safety {
  group_id: Id;
  invites_paused_until_ms: number | null;
  joins_per_minute: number | null;
  minimum_account_age_s: number;
}
export type FilterAction = "block" | "report" | "time_out";
export interface WordFilter {
  id: Id;
  group_id: Id;
  name: string;
  words: string[];
  action: FilterAction;
  time_out_s: number;
  exempt_role_ids: Id[];
}
export type ReportState = "open" | "resolved" | "dismissed";
export interface Report {
  id: Id;
  /** null: of a conversation, for the operators. */
  group_id: Id | null;
  channel_id: Id;
  message_id: Id;
  author_id: Id;
  /** null: a word filter. */
  reporter_id: Id | null;
  /** As the message was when it was reported. */
  sections: Section[];
  reason: string;
  state: ReportState;
  handler_id: Id | null;
  note: string;
  handled_ms: number | null;
}
export type AuditTarget =
  | "group"
  | "channel"
  | "role"
  | "member"
  | "invite"
  | "emoji"
  | "message"
  | "filter"
  | "report"
  | "webhook";
export interface AuditEntry {
  id: Id;
  group_id: Id;
  actor_id: Id;
  action: string;
  target_kind: AuditTarget;
  target_id: string | null;
  reason: string;
  /** What it is now, by name. */
  changes: Record<string, string | number | boolean | null>;
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
/** A group as this member sees it: channels that they may not view are not in it. */
export interface GroupView {
  group: Group;
  channels: Channel[];
  roles: Role[];
  emojis: Emoji[];
  member: Member;
  member_count: number;
  /** One for each text channel. */
  cursors: Cursor[];
  voice: VoiceState[];
}
export interface ConversationView {
  conversation: Conversation;
  cursor: Cursor;
  last_message: Message | null;
}
