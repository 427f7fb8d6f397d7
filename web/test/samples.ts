/** Things as the server would send them. */

import type {
  Channel,
  Conversation,
  Cursor,
  GatewayEvent,
  GroupView,
  Me,
  Member,
  Message,
  MessagePage,
  Ready,
  Report,
  Role,
  Section,
  User,
  VoiceState,
} from "../src/gateway/protocol";

export const me: Me = {
  id: "1",
  username: "anna",
  display_name: "Anna",
  operator: false,
  direct_from: "everyone",
  status: "online",
  status_text: "",
  status_until_ms: null,
};
export const boris: User = { id: "2", username: "boris", display_name: "Boris" };
export const chloe: User = { id: "3", username: "chloe", display_name: "Chloe" };

export const member = (user: string, more: Partial<Member> = {}): Member => ({
  group_id: "10",
  user_id: user,
  nickname: null,
  role_ids: [],
  joined_ms: 0,
  timed_out_until_ms: null,
  ...more,
});

export const channel = (id: string, more: Partial<Channel> = {}): Channel => ({
  id,
  group_id: "10",
  kind: "text",
  name: `channel-${id}`,
  topic: "",
  position: 0,
  category_id: null,
  slow_mode_s: 0,
  overwrites: [],
  last_message_id: null,
  ...more,
});

export const textSection = (text: string): Section => ({ kind: "text", text });

export const message = (id: string, author: string = boris.id, more: Partial<Message> = {}): Message => ({
  id,
  channel_id: "11",
  author_id: author,
  sections: [textSection(`message ${id}`)],
  mentions: null,
  reactions: [],
  pinned: false,
  edited_ms: null,
  nonce: null,
  ...more,
});

/** As `message.create` tells it. */
export const created = (
  message: Message,
  author: User = boris,
): Extract<GatewayEvent, { type: "message.create" }> => ({
  type: "message.create",
  message,
  author,
  member: null,
  users: [],
});

export const cursor = (channel: string, more: Partial<Cursor> = {}): Cursor => ({
  channel_id: channel,
  last_read_id: "100",
  unread: 0,
  mentions: 0,
  ...more,
});

export const role = (id: string, more: Partial<Role> = {}): Role => ({
  id,
  group_id: "10",
  name: `role-${id}`,
  permissions: 0,
  position: 0,
  colour: null,
  hoisted: false,
  mentionable: false,
  ...more,
});

export const page = (messages: Message[], more: Partial<MessagePage> = {}): MessagePage => ({
  messages,
  users: [],
  members: [],
  reacted: {},
  has_before: false,
  has_after: false,
  ...more,
});

export const conversation = (id: string, more: Partial<Conversation> = {}): Conversation => ({
  id,
  kind: "direct",
  name: "",
  owner_id: null,
  member_ids: [me.id, boris.id],
  last_message_id: null,
  ...more,
});

export const voiceState = (
  user: string,
  participant: number,
  more: Partial<VoiceState> = {},
): VoiceState => ({
  channel_id: "12",
  user_id: user,
  participant,
  muted: false,
  deafened: false,
  may_speak: true,
  connected: true,
  ...more,
});

export const groupView = (more: Partial<GroupView> = {}): GroupView => ({
  group: { id: "10", name: "Garden", owner_id: boris.id },
  channels: [channel("11", { last_message_id: "100" }), channel("12", { kind: "voice" })],
  roles: [role("10", { name: "everyone", permissions: 0b1110111 })],
  emojis: [],
  member: member(me.id),
  member_count: 2,
  cursors: [cursor("11")],
  voice: [],
  ...more,
});

export const ready = (more: Partial<Ready> = {}): Ready => ({
  type: "ready",
  session: "s1",
  me,
  announcement: null,
  groups: [groupView()],
  conversations: [],
  relations: [],
  levels: [],
  additions: [],
  users: [boris],
  resume_within_ms: 120_000,
  ...more,
});

export const report = (id: string, more: Partial<Report> = {}): Report => ({
  id,
  group_id: "10",
  channel_id: "11",
  message_id: "101",
  author_id: boris.id,
  reporter_id: chloe.id,
  sections: [textSection("what was written")],
  reason: "rude",
  state: "open",
  handler_id: null,
  note: "",
  handled_ms: null,
  ...more,
});
