/** What REST takes and answers beside the objects themselves. */

import type {
  AuditEntry,
  Ban,
  ConversationView,
  FileMedia,
  Id,
  Me,
  Member,
  Message,
  Presence,
  Report,
  Section,
  User,
} from "./objects";

export interface Limits {
  username_min: number;
  username_max: number;
  display_name_max: number;
  bio_max: number;
  profile_fields_max: number;
  profile_field_name_max: number;
  profile_field_value_max: number;
  password_min: number;
  password_max: number;
  group_name_max: number;
  channel_name_max: number;
  topic_max: number;
  role_name_max: number;
  text_max: number;
  sections_max: number;
  channels_per_group: number;
  roles_per_group: number;
  position_max: number;
  time_out_max_s: number;
  slow_mode_max_s: number;
  nickname_max: number;
  status_text_max: number;
  reason_max: number;
  reactions_max: number;
  pins_max: number;
  bulk_delete_max: number;
  emojis_per_group: number;
  emoji_max_bytes: number;
  file_max_bytes: number;
  file_name_max: number;
  conversation_members_max: number;
  filters_per_group: number;
  filter_words_max: number;
  filter_word_length: number;
  ban_cleanup_max_s: number;
  account_age_max_s: number;
  search_length: number;
  search_page_max: number;
}
export interface ServerInfo {
  name: string;
  version: string;
  sign_up: "open" | "invitation" | "closed";
  email: "optional" | "required";
  limits: Limits;
  heartbeat_interval_ms: number;
}
export interface Session {
  access_token: string;
  expires_in_s: number;
  session_id: Id;
  me: Me;
}
/** A page of a channel: `users` wrote or are named, `members` are the authors' memberships, `reacted` is one's own. */
export interface MessagePage {
  messages: Message[];
  users: User[];
  members: Member[];
  reacted: Record<Id, string[]>;
  has_before: boolean;
  has_after: boolean;
}
export interface Written {
  message: Message;
  author: User;
  member: Member | null;
  users: User[];
  reacted: string[];
}
export interface Edit {
  sections: Section[];
  /** When the next version took its place. */
  until_ms: number;
}
/** Where a forwarded message came from. */
export interface Origin {
  channel_id: Id;
  message_id: Id;
  author: User;
}
export interface UploadedFile {
  file_id: Id;
  name: string;
  media_type: string;
  size_bytes: number;
  media?: FileMedia;
}
/** An upload that can go on after a break. */
export interface UploadState {
  upload_id: Id;
  offset_bytes: number;
  size_bytes: number;
  expires_ms: number;
}
/** Tickets for the addresses of files, and what stands before these. */
export interface FileLinks {
  tickets: Record<Id, string>;
  origin: string;
  expires_ms: number;
}
/** Where a message stands that is shown outside of its channel. */
export interface Placed {
  message: Message;
  channel_id: Id;
  group_id: Id | null;
}
export interface MentionPage {
  items: Placed[];
  users: User[];
  members: Member[];
  has_more: boolean;
}
export interface SearchResult extends Placed {
  context_before: Message[];
  context_after: Message[];
}
export interface SearchPage {
  results: SearchResult[];
  users: User[];
  members: Member[];
  /** The `before` of the next page; null: that was all. */
  next: Id | null;
}
export interface MemberPage {
  members: Member[];
  users: User[];
}
export interface RosterSection {
  /** null: without a hoisted role. */
  role_id: Id | null;
  online: boolean;
  count: number;
}
export interface RosterPage {
  sections: RosterSection[];
  /** `section` is a place in `sections`. */
  entries: { user_id: Id; section: number }[];
  members: Member[];
  users: User[];
  presences: Presence[];
  next: string | null;
}
export interface BanPage {
  bans: Ban[];
  users: User[];
  has_more: boolean;
}
export interface ReportPage {
  reports: Report[];
  users: User[];
  has_more: boolean;
}
export interface AuditPage {
  entries: AuditEntry[];
  users: User[];
  has_more: boolean;
}
export interface ConversationList {
  conversations: ConversationView[];
  users: User[];
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
